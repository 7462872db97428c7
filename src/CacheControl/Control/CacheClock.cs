namespace CacheControl.Control;

/// <summary>
/// The time that the cache works with: wall time that never goes back while the process runs, so that ages only grow
/// when somebody sets the clock back (RFC 9111 §4.2.3).
/// </summary>
internal sealed class CacheClock
{
    // How far wall time may run ahead of the steady line before that is noted: each note would take the cache line from the other cores.
    private static readonly long Slack = TimeSpan.TicksPerSecond;

    private readonly TimeProvider _provider;
    private readonly long _startTimestamp;
    private readonly long _startTicks;
    private long _aheadTicks;

    public CacheClock(TimeProvider provider)
    {
        _provider = provider;
        _startTicks = provider.GetUtcNow().UtcTicks;
        _startTimestamp = provider.GetTimestamp();
    }

    public TimeProvider Provider => _provider;

    /// <summary>
    /// The time now, in UTC: wall time, unless it has fallen behind the steady line, which the monotonic clock draws from the furthest that wall time
    /// was ever ahead. So no step back goes unseen, however long nobody asked.
    /// </summary>
    public DateTimeOffset Now
    {
        get
        {
            var wall = _provider.GetUtcNow().UtcTicks;
            var steady = _startTicks + _provider.GetElapsedTime(_startTimestamp).Ticks;
            var ahead = Volatile.Read(ref _aheadTicks);
            if (wall - steady - ahead > Slack)
            {
                // The clock was set, or the machine slept, which the monotonic clock may not count.
                ahead = NoteAhead(wall - steady);
            }

            return new DateTimeOffset(Math.Max(wall, steady + ahead), TimeSpan.Zero);
        }
    }

    private long NoteAhead(long ahead)
    {
        var known = Volatile.Read(ref _aheadTicks);
        while (known < ahead)
        {
            var seen = Interlocked.CompareExchange(ref _aheadTicks, ahead, known);
            if (seen == known)
            {
                return ahead;
            }

            known = seen;
        }

        return known;
    }
}
