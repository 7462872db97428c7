namespace HttpCaching;

/// <summary>Where the freshness lifetime of a response comes from (RFC 9111 §4.2.1).</summary>
public enum FreshnessSource
{
    /// <summary>The response states none, and no rule gives one: it is stale from the beginning.</summary>
    None,

    /// <summary>The directive max-age (RFC 9111 §5.2.2.1).</summary>
    MaxAge,

    /// <summary>The directive s-maxage, in a shared cache (RFC 9111 §5.2.2.10).</summary>
    SharedMaxAge,

    /// <summary>The field Expires (RFC 9111 §5.3).</summary>
    Expires,

    /// <summary>A rule of the cache or of the application, because the response states no lifetime (RFC 9111 §4.2.2).</summary>
    Heuristic,

    /// <summary>A directive that can't be read: the response is stale from the beginning (RFC 9111 §4.2.1).</summary>
    Malformed,

    /// <summary>A rule of the application for the request, which sets, raises or limits the lifetime.</summary>
    Rule,
}
