namespace HttpCaching.Storage;

/// <summary>Uses of a stored response that are not written down yet. Takes no lock: if two readers overwrite each other's count, it does not matter.</summary>
/// <param name="time">The time of the first one.</param>
internal sealed class RecentUse(DateTimeOffset time)
{
    private long _lastTicks = time.UtcTicks;
    private int _uses = 1;

    /// <summary>The time of the last one, in UTC.</summary>
    public DateTimeOffset Last => new(Volatile.Read(ref _lastTicks), TimeSpan.Zero);

    /// <summary>Counts one more.</summary>
    /// <param name="now">Its time.</param>
    /// <param name="most">The highest number.</param>
    public void Count(DateTimeOffset now, int most)
    {
        Volatile.Write(ref _lastTicks, now.UtcTicks);
        if (_uses < most)
        {
            _uses++;
        }
    }

    /// <summary>Returns their number, and begins again.</summary>
    public int Take() => Interlocked.Exchange(ref _uses, 0);
}
