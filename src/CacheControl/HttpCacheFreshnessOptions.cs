namespace HttpCaching;

/// <summary>Lifetimes: limits, heuristics, early refreshes. See <see cref="HttpCacheOptions.Freshness"/>.</summary>
public sealed class HttpCacheFreshnessOptions
{
    internal HttpCacheFreshnessOptions()
    {
    }

    /// <summary>Cut every freshness lifetime to this. Default: 2^31 s, 68 years (RFC 9111 §1.2.2). Lower it if origins state lifetimes that are too long.</summary>
    public TimeSpan MaximumLifetime { get; set; } = TimeSpan.FromSeconds(1L << 31);

    /// <summary>Cut the freshness lifetime of 4xx and 5xx responses to this. Default: <see langword="null"/>, for no limit of their own. Set it if errors are cached for too long.</summary>
    public TimeSpan? MaximumErrorLifetime { get; set; }

    /// <summary>
    /// Treat a response without explicit lifetime as fresh for this share of the time since its Last-Modified (RFC 9111 §4.2.2). Default: 0.1. Set it to 0 if nothing
    /// may be fresh that does not say so.
    /// </summary>
    public double HeuristicFraction { get; set; } = 0.1;

    /// <summary>Cut heuristic lifetimes to this. Default: 24 hours. Lower it if old files change without warning.</summary>
    public TimeSpan MaximumHeuristicLifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>
    /// Validate in the background on a hit after this share of the lifetime, such as 0.9. Default: 1, for never. Lower it if callers must not wait when a lifetime ends.
    /// </summary>
    public double EagerRefreshAfter { get; set; } = 1;

    /// <summary>Shorten freshness lifetimes at random by up to this share. Default: 0, for not at all. Raise it if many responses expire at one moment.</summary>
    public double LifetimeJitter { get; set; }

    /// <summary>Compute ages without Date (RFC 9111 §4.2.3). Default: false. Switch it on for origins whose clocks are wrong.</summary>
    public bool IgnoreDateInAge { get; set; }
}
