namespace HttpCaching.Control.Keys;

/// <summary>
/// The entries set last, for hints that may be forgotten: of two halves the older goes when the newer is full, so that an entry costs the same however full the
/// table is. May be used by many threads.
/// </summary>
/// <param name="maximum">How many entries it has at most.</param>
internal sealed class BoundedTable<TKey, TValue>(int maximum)
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private Dictionary<TKey, TValue> _newer = [];
    private Dictionary<TKey, TValue> _older = [];
    private volatile bool _isUsed;

    /// <summary>Whether nothing was ever set: most tables stay so.</summary>
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

    /// <summary>The entry of a key; false if there is none, or if it was forgotten.</summary>
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

    /// <summary>Sets an entry to what <paramref name="change"/> makes of the one before, which is a default value if there is none.</summary>
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
