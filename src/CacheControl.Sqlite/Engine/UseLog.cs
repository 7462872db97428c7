using System.Collections.Concurrent;

namespace HttpCaching.Sqlite.Engine;

/// <summary>Collects which entries were read and when, so that a hit never writes. The uses are written down later, many in one transaction.</summary>
internal sealed class UseLog(TimeProvider time)
{
    private const int Capacity = 8192;

    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(30);

    // If more entries are read than fit here, not every read of a large store may cost a write.
    private static readonly TimeSpan FlushIntervalWhenFull = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<long, RecentUse> _uses = new();
    private long _lastFlush = time.GetTimestamp();
    private int _count;
    private int _forgotten;

    /// <summary>The number of times that uses were forgotten. If it changes while rows are read, a use may be missing in both places.</summary>
    public int Forgotten => Volatile.Read(ref _forgotten);

    /// <summary>The time of an entry's last use that is not written down yet; null if there is none.</summary>
    public DateTimeOffset? LastUseOf(long id) => _uses.TryGetValue(id, out var use) ? use.Last : null;

    /// <summary>Counts a use. Beyond a limit it ignores uses of further entries until the next flush.</summary>
    /// <returns>Whether it is time to flush.</returns>
    public bool Count(long id)
    {
        var now = time.GetUtcNow();
        if (_uses.TryGetValue(id, out var use))
        {
            use.Count(now, WriteConnection.MostUses);
        }
        else if (Volatile.Read(ref _count) < Capacity && _uses.TryAdd(id, new RecentUse(now)))
        {
            Interlocked.Increment(ref _count);
        }

        return time.GetElapsedTime(Volatile.Read(ref _lastFlush))
            > (Volatile.Read(ref _count) >= Capacity / 2 ? FlushIntervalWhenFull : FlushInterval);
    }

    /// <summary>Returns the uses that are to be written down. They stay until <see cref="Forget"/>, so that a listing sees them here or in the file.</summary>
    public List<TakenUse> Take()
    {
        Volatile.Write(ref _lastFlush, time.GetTimestamp());
        List<TakenUse> taken = [];
        foreach (var (id, use) in _uses)
        {
            var last = use.Last;
            taken.Add(new TakenUse(id, use, use.Take(), last));
        }

        return taken;
    }

    /// <summary>Removes uses that have been written down, or could not be. A use in the meantime waits for the next time.</summary>
    public void Forget(IEnumerable<TakenUse> taken)
    {
        Interlocked.Increment(ref _forgotten);
        foreach (var one in taken)
        {
            if (one.Use.Last == one.Last && _uses.TryRemove(KeyValuePair.Create(one.Id, one.Use)))
            {
                Interlocked.Decrement(ref _count);
            }
        }
    }
}
