namespace HttpCaching.Control.Time;

/// <summary>
/// The clock of the cache: wall time that is never behind the time since the process began, so that ages grow
/// even if the clock is set back (RFC 9111 §4.2.3). It follows a step forward, and the way back from it: a clock that was ahead for a moment does no lasting harm.
/// </summary>
internal sealed class CacheClock
{
    /// <summary>
    /// How long the cache uses the system's steady clock without reading the wall clock. The wall clock can only be ahead of it: it was set, or the machine slept,
    /// which the steady clock may not count. That shows this much later, and a hit reads one clock instead of two.
    /// </summary>
    public static readonly TimeSpan BetweenSystemLooks = TimeSpan.FromMilliseconds(10);

    /// <summary>A wall that is back by less differs from the steady clock by the steps of the two, and by how the wall is kept right.</summary>
    private static readonly long LeastStepBack = TimeSpan.TicksPerSecond;

    private readonly TimeProvider _provider;
    private readonly TimeProvider _steady;
    private readonly long _betweenLooks;
    private readonly double _ticksPerStep;
    private readonly long _startTimestamp;
    private readonly long _startTicks;
    private long _aheadTicks;
    private long _lookedAt;

    /// <summary>Creates a clock that reads the wall clock each time: tests may move the clock of their own provider.</summary>
    public CacheClock(TimeProvider provider)
        : this(provider, TimeSpan.Zero)
    {
    }

    /// <summary>Creates a clock that reads the wall clock at intervals.</summary>
    /// <param name="provider">The provider of both clocks.</param>
    /// <param name="betweenLooks">The steady time between two reads of the wall clock.</param>
    public CacheClock(TimeProvider provider, TimeSpan betweenLooks)
        : this(provider, provider, betweenLooks)
    {
    }

    private CacheClock(TimeProvider provider, TimeProvider steady, TimeSpan betweenLooks)
    {
        _provider = provider;
        _steady = steady;
        _betweenLooks = betweenLooks.Ticks;
        _ticksPerStep = (double)TimeSpan.TicksPerSecond / steady.TimestampFrequency;
        _startTicks = provider.GetUtcNow().UtcTicks;
        _startTimestamp = steady.GetTimestamp();
    }

    public TimeProvider Provider => _provider;

    /// <summary>Whether it is the system's.</summary>
    public bool IsSystems => _provider == TimeProvider.System;

    /// <summary>The system's clock, in steps of some milliseconds: HTTP counts in seconds, and the finer clock takes ten times as long to read.</summary>
    public static CacheClock OfSystem() => new(TimeProvider.System, new CoarseTime(), BetweenSystemLooks);

    /// <summary>
    /// The time now, in UTC: the monotonic clock plus the lead of the wall clock. The next read follows a step forward, and a step back as far as it reverses earlier
    /// steps forward. A response received while the clock was ahead is then from the future, and must be validated.
    /// </summary>
    public DateTimeOffset Now
    {
        get
        {
            var steady = (long)((_steady.GetTimestamp() - _startTimestamp) * _ticksPerStep);
            var ahead = steady - Volatile.Read(ref _lookedAt) >= _betweenLooks ? LookAtWall(steady) : Volatile.Read(ref _aheadTicks);
            return new DateTimeOffset(_startTicks + steady + ahead, TimeSpan.Zero);
        }
    }

    /// <summary>Now, to count from.</summary>
    public Moment Moment => new(Now, TimeSpan.FromTicks((long)((_steady.GetTimestamp() - _startTimestamp) * _ticksPerStep)));

    private long LookAtWall(long steady)
    {
        var ahead = Math.Max(0, _provider.GetUtcNow().UtcTicks - _startTicks - steady);
        var known = Volatile.Read(ref _aheadTicks);
        if (ahead > known || ahead <= known - LeastStepBack)
        {
            Volatile.Write(ref _aheadTicks, known = ahead);
        }

        // Written last: a thread that reads it reads the found value as well.
        Volatile.Write(ref _lookedAt, steady);
        return known;
    }

    private sealed class CoarseTime : TimeProvider
    {
        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Environment.TickCount64;
    }
}
