namespace HttpCaching;

/// <summary>The facts of a response that a heuristic may use.</summary>
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

    /// <summary>The explicit freshness lifetime, or <see langword="null"/> if the response states none (RFC 9111 §4.2.1). An invalid one is zero.</summary>
    public required TimeSpan? ExplicitLifetime { get; init; }

    /// <summary>The Date of the response, or its receipt time if it has no valid one, in UTC.</summary>
    public required DateTimeOffset Date { get; init; }

    /// <summary>The Last-Modified of the response in UTC, or <see langword="null"/> if it has no valid one.</summary>
    public required DateTimeOffset? LastModified { get; init; }

    /// <summary>Whether the status allows heuristics, or the response is marked public (RFC 9111 §4.2.2).</summary>
    public required bool IsHeuristicallyCacheable { get; init; }
}
