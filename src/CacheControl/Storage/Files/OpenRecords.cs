using System.Collections.Concurrent;

namespace HttpCaching.Storage.Files;

/// <summary>
/// Some records that were read several times of late, kept open. Opening, reading and closing a file costs several times what the question whether it is
/// still the same one does. Limited in number, and each in size: an idle process must not keep large deleted files from being freed.
/// </summary>
internal sealed class OpenRecords(int capacity) : IDisposable
{
    /// <summary>The longest record that is kept.</summary>
    public const int MostRecordBytes = 32 * 1024;

    /// <summary>How many bytes the body files of a record may have, all together, that is kept.</summary>
    public const int MostBodyBytes = 256 * 1024;

    /// <summary>How many body files a record may have that is kept.</summary>
    public const int MostBodies = 3;

    private readonly ConcurrentDictionary<CacheKey, OpenRecord> _byKey = new();
    private readonly OpenRecord?[] _slots = new OpenRecord?[capacity];
    private readonly Lock _lock = new();
    private int _hand;
    private bool _isDisposed;

    /// <summary>The open record of a key, its bodies held for the caller; null if there is none or it is out of date.</summary>
    /// <param name="key">The key.</param>
    /// <param name="wasOpen">Whether one was open, and shows now that it is out of date.</param>
    public OpenRecord? Find(CacheKey key, out bool wasOpen)
    {
        wasOpen = false;
        if (!_byKey.TryGetValue(key, out var record))
        {
            return null;
        }

        // Held first: nobody can close them between the question and the answer.
        if (record.TryHoldBodies())
        {
            if (record.IsCurrent())
            {
                if (!record.IsUsed)
                {
                    record.IsUsed = true;
                }

                return record;
            }

            FileSnapshot.Release(record.Parts);
        }

        wasOpen = true;
        Forget(record);
        return null;
    }

    /// <summary>Keeps a record open, in place of one that was not asked for since the last look at it.</summary>
    public void Keep(OpenRecord record)
    {
        lock (_lock)
        {
            if (_isDisposed || !_byKey.TryAdd(record.Key, record))
            {
                record.Dispose();
                return;
            }

            // Ends after two rounds at most: the first takes all marks away.
            while (_slots[_hand] is { IsUsed: true } spared)
            {
                spared.IsUsed = false;
                _hand = (_hand + 1) % capacity;
            }

            if (_slots[_hand] is { } victim)
            {
                _byKey.TryRemove(KeyValuePair.Create(victim.Key, victim));
                victim.Dispose();
            }

            _slots[_hand] = record;
            _hand = (_hand + 1) % capacity;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            foreach (var record in _slots)
            {
                record?.Dispose();
            }

            Array.Clear(_slots);
            _byKey.Clear();
        }
    }

    private void Forget(OpenRecord record)
    {
        lock (_lock)
        {
            if (_byKey.TryRemove(KeyValuePair.Create(record.Key, record)))
            {
                _slots[Array.IndexOf(_slots, record)] = null;
                record.Dispose();
            }
        }
    }
}
