using HttpCaching.Fields;

namespace HttpCaching.Policy;

/// <summary>When a stale response may be served (RFC 9111 §4.2.4, RFC 5861).</summary>
internal static class StaleRules
{
    /// <summary>The permission to serve a stale response without asking first, or <see langword="null"/>.</summary>
    /// <param name="asked">The request.</param>
    /// <param name="facts">The stored response, known to be stale.</param>
    /// <param name="age">Its current age.</param>
    public static CacheReason? WithoutAsking(RequestFacts asked, ResponseConclusions facts, TimeSpan age)
    {
        ref readonly var directives = ref asked.Directives;
        if (facts.ForbidsStale || directives.MinFresh is not null || ExceedsMaxAge(directives, age))
        {
            return null;
        }

        var staleBy = age - facts.FreshnessLifetime;
        if (asked.Mode is HttpCacheMode.ForceCache or HttpCacheMode.OnlyIfCached)
        {
            return CacheReason.ForceCache;
        }

        if (directives.MaxStale is { } tolerated && staleBy <= tolerated)
        {
            return CacheReason.MaxStale;
        }

        // A request that stores nothing would have its response validated in vain: the next one would find it stale all the same.
        if (directives.OnlyIfCached || directives.MaxAge is not null || asked.IsReadOnly || asked.EndsWithCaller)
        {
            return null;
        }

        var window = Longer(facts.Directives.StaleWhileRevalidate, asked.Limits.WhileRevalidate);
        return window > TimeSpan.Zero && staleBy <= window ? CacheReason.StaleWhileRevalidate : null;
    }

    /// <summary>Whether a stored response may stand in for an origin that failed: by status, or by not being reachable.</summary>
    /// <param name="asked">The request.</param>
    /// <param name="facts">The stored response.</param>
    /// <param name="age">Its current age.</param>
    /// <param name="isDisconnected">Whether no response came at all.</param>
    /// <returns>The permission, or <see langword="null"/>.</returns>
    public static CacheReason? OnError(RequestFacts asked, ResponseConclusions facts, TimeSpan age, bool isDisconnected)
    {
        ref readonly var directives = ref asked.Directives;
        if (facts.ForbidsStale)
        {
            return null;
        }

        var staleBy = age - facts.FreshnessLifetime;
        var wantsTheOrigin = directives.NoCache || (directives.MaxAge is not null && directives.MaxStale is null);
        var configured = wantsTheOrigin ? TimeSpan.Zero : asked.Limits.IfError;
        var response = directives.NoCache ? null : facts.Directives.StaleIfError;
        var window = Longer(directives.StaleIfError, Longer(response, configured));
        if (window > TimeSpan.Zero && staleBy <= window)
        {
            return CacheReason.StaleIfError;
        }

        return isDisconnected && asked.Limits.WhenDisconnected && !wantsTheOrigin ? CacheReason.Disconnected : null;
    }

    private static bool ExceedsMaxAge(in RequestDirectives directives, TimeSpan age) => directives.MaxAge is { } maximum && age > maximum;

    private static TimeSpan Longer(TimeSpan? one, TimeSpan other) => one is { } value && value > other ? value : other;
}
