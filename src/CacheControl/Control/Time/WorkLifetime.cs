namespace HttpCaching.Control.Time;

/// <summary>The lifetime of work that outlives its caller. While the caller waits, nothing but the work itself ends it.</summary>
/// <param name="clock">The clock of the limit.</param>
internal sealed class WorkLifetime(CacheClock clock) : IDisposable
{
    private readonly CancellationTokenSource _end = new(Timeout.InfiniteTimeSpan, clock.Provider);
    private CancellationTokenRegistration _stop;

    /// <summary>When the work began.</summary>
    public Moment Begun { get; } = clock.Moment;

    /// <summary>Cancelled at the end of the lifetime.</summary>
    public CancellationToken Token => _end.Token;

    /// <summary>From now on the work has no caller: it ends after a time limit, or earlier.</summary>
    /// <param name="limit">The time limit.</param>
    /// <param name="stop">Ends it earlier.</param>
    public void Limit(TimeSpan limit, CancellationToken stop)
    {
        _end.CancelAfter(limit);
        _stop = stop.UnsafeRegister(static end => ((CancellationTokenSource)end!).Cancel(), _end);
    }

    /// <summary>Ends it now.</summary>
    public void End() => _end.Cancel();

    public void Dispose()
    {
        _stop.Dispose();
        _end.Dispose();
    }
}
