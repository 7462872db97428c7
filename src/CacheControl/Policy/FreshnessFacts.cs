namespace HttpCaching;

/// <summary>The facts of a response, and of the request that it is judged for, that a heuristic may use.</summary>
public sealed record FreshnessFacts
{
    private static readonly IReadOnlyDictionary<string, object?> NoOptions = new Dictionary<string, object?>();

    private readonly IReadOnlyDictionary<string, object?> _options = NoOptions;

    /// <summary>The method of the original request.</summary>
    public required string Method { get; init; }

    /// <summary>The target URI.</summary>
    public required string TargetUri { get; init; }

    /// <summary>
    /// The options of the request that the response is judged for, by their names: <c>HttpRequestMessage.Options</c>. A stored response may be judged for a later request than the
    /// one that it answered. A heuristic that looks at them is asked for each request; one that does not is asked once for a stored response.
    /// </summary>
    public IReadOnlyDictionary<string, object?> Options
    {
        get
        {
            HasReadOptions = true;
            return _options;
        }

        init => _options = value;
    }

    /// <summary>Whether the options were looked at, so that the answer is for this request alone.</summary>
    internal bool HasReadOptions { get; private set; }

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
