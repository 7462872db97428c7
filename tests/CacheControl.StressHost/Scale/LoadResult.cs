namespace HttpCaching.StressHost.Scale;

/// <summary>What a process of the load has seen in one run; handed over as JSON.</summary>
public sealed record LoadResult
{
    /// <summary>How often each resource was asked for.</summary>
    public required int[] Asked { get; init; }

    /// <summary>How often each was answered from what is stored.</summary>
    public required int[] Hits { get; init; }

    /// <summary>The requests that went to the origin, as the Cache-Status says: the resource, and why.</summary>
    public required ForwardedRequest[] Forwards { get; init; }

    /// <summary>How many those are.</summary>
    public int Forwarded => Forwards.Length;

    /// <summary>How many shared another request's exchange.</summary>
    public required int Collapsed { get; init; }

    /// <summary>How long the most outdated version had been superseded when it was asked for, in milliseconds.</summary>
    public required double OldestMilliseconds { get; init; }

    /// <summary>The longest that a request took, in milliseconds.</summary>
    public required double LongestMilliseconds { get; init; }

    /// <summary>Exceptions, wrong bodies and the like.</summary>
    public required string[] Faults { get; init; }
}
