using System.Collections.Concurrent;

namespace HttpCaching.Sqlite.Engine;

/// <summary>Collects which entries were read, so that a hit never writes. The uses are written down later, many in one transaction.</summary>
internal sealed class UseLog(TimeProvider time)
{
    private const int Capacity = 8192;

    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(30);

    // If more entries are read than fit here, not every read of a large store may cost a write.
    private static readonly TimeSpan FlushIntervalWhenFull = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<long, int> _uses = new();
    private long _lastFlush = time.GetTimestamp();
    private int _count;

    /// <summary>Counts a use. Beyond a limit it ignores uses of further entries until the next flush.</summary>
    /// <returns>Whether it is time to flush.</returns>
    public bool Count(long id)
    {
        if (_uses.TryGetValue(id, out var uses))
        {
            if (uses < WriteConnection.MostUses)
            {
                _uses.TryUpdate(id, uses + 1, uses);
            }
        }
        else if (Volatile.Read(ref _count) < Capacity && _uses.TryAdd(id, 1))
        {
            Interlocked.Increment(ref _count);
        }

        return time.GetElapsedTime(Volatile.Read(ref _lastFlush))
            > (Volatile.Read(ref _count) >= Capacity / 2 ? FlushIntervalWhenFull : FlushInterval);
    }

    /// <summary>Removes and returns the uses, to be written down.</summary>
    public List<(long Id, int Uses)> Take()
    {
        Volatile.Write(ref _lastFlush, time.GetTimestamp());
        List<(long Id, int Uses)> taken = [];
        foreach (var (id, _) in _uses)
        {
            if (_uses.TryRemove(id, out var uses))
            {
                Interlocked.Decrement(ref _count);
                taken.Add((id, uses));
            }
        }

        return taken;
    }
}
