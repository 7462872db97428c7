namespace HttpCaching.StressHost.Scale;

/// <summary>What a process has seen that changes resources, reads them, and knows which changes were acknowledged; handed over as JSON.</summary>
public sealed record TruthResult
{
    /// <summary>How many answers there were.</summary>
    public required int Answers { get; init; }

    /// <summary>How many of them came from what is stored.</summary>
    public required int Hits { get; init; }

    /// <summary>How many changes were acknowledged.</summary>
    public required int Changes { get; init; }

    /// <summary>All answers that were older than an acknowledged change.</summary>
    public required StaleAnswer[] Stale { get; init; }

    /// <summary>The longest that the process stood still beyond its will, in milliseconds: what a busy machine adds to everything.</summary>
    public required double StallMilliseconds { get; init; }

    /// <summary>Exceptions, wrong bodies and the like.</summary>
    public required string[] Faults { get; init; }
}
