namespace HttpCaching.Control.Keys;

/// <summary>
/// The latest entries, for hints that may be lost. It has two halves: when the newer one is full, the older one is dropped. So an entry costs the same however full the
/// table is. Many threads may use it.
/// </summary>
/// <param name="maximum">The most entries.</param>
internal sealed class BoundedTable<TKey, TValue>(int maximum)
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private Dictionary<TKey, TValue> _newer = [];
    private Dictionary<TKey, TValue> _older = [];
    private volatile bool _isUsed;

    /// <summary>Whether no entry was ever set; most tables stay empty.</summary>
    public bool IsUnused => !_isUsed;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _newer.Count + _older.Count;
            }
        }
    }

    /// <summary>Finds the entry of a key. Returns false if there is none, or if it was dropped.</summary>
    public bool TryGet(TKey key, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out TValue value)
    {
        value = default;
        if (!_isUsed)
        {
            return false;
        }

        lock (_lock)
        {
            return _newer.TryGetValue(key, out value) || _older.TryGetValue(key, out value);
        }
    }

    /// <summary>Sets an entry to the result of <paramref name="change"/> for the one before, or for a default value if there is none.</summary>
    public void Set(TKey key, Func<TValue?, TValue> change)
    {
        lock (_lock)
        {
            _isUsed = true;
            if (!_newer.TryGetValue(key, out var value))
            {
                _older.Remove(key, out value);
                if (_newer.Count >= (maximum + 1) / 2)
                {
                    (_newer, _older) = ([], _newer);
                }
            }

            _newer[key] = change(value);
        }
    }

    /// <summary>Removes the entry of a key, if it meets the condition.</summary>
    public void Remove(TKey key, Predicate<TValue> condition)
    {
        if (!_isUsed)
        {
            return;
        }

        lock (_lock)
        {
            if ((_newer.TryGetValue(key, out var value) || _older.TryGetValue(key, out value)) && condition(value) && !_newer.Remove(key))
            {
                _older.Remove(key);
            }
        }
    }
}
