namespace HttpCaching.Control.Flights;

/// <summary>The options of request collapsing.</summary>
internal sealed record CollapseSettings
{
    public bool CollapseRequests { get; init; } = true;

    /// <summary>The most followers that wait for one head.</summary>
    public int MaximumWaiters { get; init; } = 10_000;

    /// <summary>The longest wait of a follower, and the longest pause after which a body can still be joined.</summary>
    public TimeSpan MaximumWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The most bytes kept for slow readers in addition to the store, over all bodies.</summary>
    public long MaximumSpooledBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>The most bytes of one body kept in memory before a file is used.</summary>
    public int MaximumSpoolMemory { get; init; } = 1024 * 1024;

    /// <summary>How long requests don't wait for a response after one that could not be shared.</summary>
    public TimeSpan UnshareableSpan { get; init; } = TimeSpan.FromMinutes(5);
}
