namespace CacheControl.Control;

/// <summary>
/// The time that the cache works with: wall time that never goes back while the process runs, so that ages only grow
/// when somebody sets the clock back (RFC 9111 §4.2.3).
/// </summary>
internal sealed class CacheClock
{
    private static readonly long Slack = TimeSpan.TicksPerSecond;

    private readonly TimeProvider _provider;
    private readonly long _startTimestamp;
    private readonly DateTimeOffset _start;
    private long _latestTicks;
    private long _correctionTicks;

    public CacheClock(TimeProvider provider)
    {
        _provider = provider;
        _start = provider.GetUtcNow();
        _startTimestamp = provider.GetTimestamp();
        _latestTicks = _start.UtcTicks;
    }

    public TimeProvider Provider => _provider;

    /// <summary>The time now, in UTC.</summary>
    public DateTimeOffset Now
    {
        get
        {
            var ticks = _provider.GetUtcNow().UtcTicks + Volatile.Read(ref _correctionTicks);
            var latest = Volatile.Read(ref _latestTicks);
            if (ticks < latest)
            {
                return AfterStepBack(latest);
            }

            // Noted once a second: each write would take the cache line from the other cores. What is noted may be hours old, and the clock
            // may have been set back since without falling behind it, so that is the time to ask the clock that can't be set.
            if (ticks - latest > Slack)
            {
                if (SteadyTicks - ticks > Slack)
                {
                    return AfterStepBack(latest);
                }

                Volatile.Write(ref _latestTicks, ticks);
            }

            return new DateTimeOffset(ticks, TimeSpan.Zero);
        }
    }

    /// <summary>The start with what has passed since; stands still while the machine sleeps, so that it can only be too early.</summary>
    private long SteadyTicks => (_start + _provider.GetElapsedTime(_startTimestamp)).UtcTicks;

    private DateTimeOffset AfterStepBack(long latest)
    {
        var wall = _provider.GetUtcNow().UtcTicks;
        var ticks = Math.Max(SteadyTicks, latest);
        Volatile.Write(ref _correctionTicks, ticks - wall);
        return new DateTimeOffset(ticks, TimeSpan.Zero);
    }
}
