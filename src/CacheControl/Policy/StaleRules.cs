using HttpCaching.Fields;

namespace HttpCaching.Policy;

/// <summary>When a stale response may be served (RFC 9111 §4.2.4, RFC 5861).</summary>
internal static class StaleRules
{
    /// <summary>The permission to serve a stale response without asking first, or <see langword="null"/>.</summary>
    /// <param name="facts">The stored response, known to be stale.</param>
    /// <param name="age">Its current age.</param>
    /// <param name="directives">The request's directives.</param>
    /// <param name="mode">The request's mode.</param>
    /// <param name="limits">The stale windows that apply to this request.</param>
    public static CacheReason? WithoutAsking(
        ResponseConclusions facts, TimeSpan age, in RequestDirectives directives, HttpCacheMode mode, StaleLimits limits)
    {
        if (facts.ForbidsStale || directives.MinFresh is not null || ExceedsMaxAge(directives, age))
        {
            return null;
        }

        var staleBy = age - facts.FreshnessLifetime;
        if (mode is HttpCacheMode.ForceCache or HttpCacheMode.OnlyIfCached)
        {
            return CacheReason.ForceCache;
        }

        if (directives.MaxStale is { } tolerated && staleBy <= tolerated)
        {
            return CacheReason.MaxStale;
        }

        if (directives.OnlyIfCached || directives.MaxAge is not null)
        {
            return null;
        }

        var window = Longer(facts.Directives.StaleWhileRevalidate, limits.WhileRevalidate);
        return window > TimeSpan.Zero && staleBy <= window ? CacheReason.StaleWhileRevalidate : null;
    }

    /// <summary>Whether a stored response may stand in for an origin that failed: by status, or by not being reachable.</summary>
    /// <param name="facts">The stored response.</param>
    /// <param name="age">Its current age.</param>
    /// <param name="directives">The request's directives.</param>
    /// <param name="limits">The stale windows that apply to this request.</param>
    /// <param name="isDisconnected">Whether no response came at all.</param>
    /// <returns>The permission, or <see langword="null"/>.</returns>
    public static CacheReason? OnError(
        ResponseConclusions facts, TimeSpan age, in RequestDirectives directives, StaleLimits limits, bool isDisconnected)
    {
        if (facts.ForbidsStale)
        {
            return null;
        }

        var staleBy = age - facts.FreshnessLifetime;
        var asked = directives.NoCache || (directives.MaxAge is not null && directives.MaxStale is null);
        var configured = asked ? TimeSpan.Zero : limits.IfError;
        var response = directives.NoCache ? null : facts.Directives.StaleIfError;
        var window = Longer(directives.StaleIfError, Longer(response, configured));
        if (window > TimeSpan.Zero && staleBy <= window)
        {
            return CacheReason.StaleIfError;
        }

        return isDisconnected && limits.WhenDisconnected && !asked ? CacheReason.Disconnected : null;
    }

    private static bool ExceedsMaxAge(in RequestDirectives directives, TimeSpan age) => directives.MaxAge is { } maximum && age > maximum;

    private static TimeSpan Longer(TimeSpan? one, TimeSpan other) => one is { } value && value > other ? value : other;
}
