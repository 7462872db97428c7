using System.Collections.Concurrent;

namespace HttpCaching.Storage.Files;

/// <summary>
/// Keeps some records open that were read several times recently. Opening, reading and closing a file costs several times as much as checking that it is
/// unchanged. The number and sizes are limited: an idle process must not keep large deleted files on the disk.
/// </summary>
internal sealed class OpenRecords(StoreDirectory directory, FileStoreSettings settings) : IDisposable
{
    // An open file tells at once what happens to it. That a directory above it was moved away shows in its path only.
    private static readonly TimeSpan PathInterval = TimeSpan.FromSeconds(1);

    /// <summary>The most bytes of a record that is kept open.</summary>
    public const int MostRecordBytes = 32 * 1024;

    /// <summary>The most bytes in the body files of a record that is kept open, together.</summary>
    public const int MostBodyBytes = 256 * 1024;

    /// <summary>The most body files of a record that is kept open.</summary>
    public const int MostBodies = 3;

    private readonly ConcurrentDictionary<CacheKey, OpenRecord> _byKey = new();
    private readonly OpenRecord?[] _slots = new OpenRecord?[settings.OpenRecords];
    private readonly Lock _lock = new();
    private int _hand;
    private bool _isDisposed;

    /// <summary>Returns the open record of a key, and holds its bodies for the caller; null if there is none or it is out of date.</summary>
    /// <param name="key">The key.</param>
    /// <param name="stamp">The number of removals for the snapshot.</param>
    /// <param name="wasOpen">Whether one was open, and shows now that it is out of date.</param>
    public OpenRecord? Find(CacheKey key, out long stamp, out bool wasOpen)
    {
        // Read first: a removal after this makes it too old, never too new.
        stamp = directory.LastStamp;
        wasOpen = false;
        if (!_byKey.TryGetValue(key, out var record))
        {
            return null;
        }

        // Held first, so that no thread can close them between the question and the answer.
        if (record.TryHoldBodies())
        {
            if (IsCurrent(record, ref stamp))
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

    /// <summary>Keeps a record open, in place of one that was not used since its last check.</summary>
    public void Keep(OpenRecord record)
    {
        lock (_lock)
        {
            if (_isDisposed || !_byKey.TryAdd(record.Key, record))
            {
                record.Dispose();
                return;
            }

            // Ends after two rounds at most: the first removes all marks.
            while (_slots[_hand] is { IsUsed: true } spared)
            {
                spared.IsUsed = false;
                _hand = (_hand + 1) % _slots.Length;
            }

            if (_slots[_hand] is { } victim)
            {
                _byKey.TryRemove(KeyValuePair.Create(victim.Key, victim));
                victim.Dispose();
            }

            _slots[_hand] = record;
            _hand = (_hand + 1) % _slots.Length;
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

    private bool IsCurrent(OpenRecord record, ref long stamp)
    {
        if (directory.TellsLostNames && record.Check is { } last && last.Directory == directory.Checked && settings.Time.GetElapsedTime(last.Timestamp) < PathInterval)
        {
            return record.KeepsName();
        }

        stamp = directory.ReadStamp();
        var check = new OpenRecord.PathCheck(settings.Time.GetTimestamp(), directory.Checked);
        if (!record.KeepsPath())
        {
            return false;
        }

        record.Passed(check);
        return true;
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
