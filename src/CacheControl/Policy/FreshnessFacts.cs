namespace HttpCaching;

/// <summary>What a heuristic may look at.</summary>
public sealed record FreshnessFacts
{
    /// <summary>The method of the original request.</summary>
    public required string Method { get; init; }

    /// <summary>The target URI.</summary>
    public required string TargetUri { get; init; }

    /// <summary>The status code.</summary>
    public required int StatusCode { get; init; }

    /// <summary>The response's field lines.</summary>
    public required HttpFields Fields { get; init; }

    /// <summary>The explicit freshness lifetime, or <see langword="null"/> if the response has none (RFC 9111 §4.2.1). Zero also when it is invalid.</summary>
    public required TimeSpan? ExplicitLifetime { get; init; }

    /// <summary>The Date of the response, or its receipt time if it has no valid one, in UTC.</summary>
    public required DateTimeOffset Date { get; init; }

    /// <summary>The Last-Modified of the response in UTC, or <see langword="null"/>.</summary>
    public required DateTimeOffset? LastModified { get; init; }

    /// <summary>Whether the status allows heuristics, or the response is marked public (RFC 9111 §4.2.2).</summary>
    public required bool IsHeuristicallyCacheable { get; init; }
}
