namespace HttpCaching.Control.Flights;

/// <summary>What request collapsing reads of the options.</summary>
internal sealed record CollapseSettings
{
    public bool CollapseRequests { get; init; } = true;

    /// <summary>How many may wait for one head.</summary>
    public int MaximumWaiters { get; init; } = 10_000;

    /// <summary>How long they wait at most, and how long a body may stand still and still be joined.</summary>
    public TimeSpan MaximumWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many bytes may be kept for slow readers beside the store, over all bodies.</summary>
    public long MaximumSpooledBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>How many bytes of one body may be kept in memory before a file is used.</summary>
    public int MaximumSpoolMemory { get; init; } = 1024 * 1024;

    /// <summary>How long requests don't wait for a response after one that could not be shared.</summary>
    public TimeSpan UnshareableSpan { get; init; } = TimeSpan.FromMinutes(5);
}
