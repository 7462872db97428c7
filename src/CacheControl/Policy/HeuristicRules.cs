using HttpCaching.Fields;

namespace HttpCaching.Policy;

/// <summary>Lifetimes that the response does not state itself (RFC 9111 §4.2.2).</summary>
internal static class HeuristicRules
{
    /// <summary>The result of an application's rule that failed: the response is stale, and not stored.</summary>
    public static readonly TimeSpan Failed = TimeSpan.MinValue;

    /// <summary>The lifetime that a rule of ours gives, or <see langword="null"/> if the stated one (or none) counts.</summary>
    /// <param name="facts">The response, whose other conclusions are drawn.</param>
    /// <param name="raw">The facts of the response.</param>
    /// <param name="explicitLifetime">The lifetime that it states.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="isForOneRequest">Whether the application's function has looked at the request, so that the answer is for that one alone.</param>
    public static TimeSpan? LifetimeOf(
        ResponseConclusions facts, in RawResponse raw, TimeSpan? explicitLifetime, PolicySettings settings, out bool isForOneRequest)
    {
        isForOneRequest = false;
        if (facts.Directives.NoStore)
        {
            return null;
        }

        var cacheable = IsAllowedFor(raw.Status, facts.Directives, settings);
        if (settings.Heuristic is { } own)
        {
            var asked = new FreshnessFacts
            {
                Method = raw.Method,
                TargetUri = raw.TargetUri,
                StatusCode = raw.Status,
                Fields = raw.Fields,
                ExplicitLifetime = explicitLifetime,
                Date = facts.DateValue,
                LastModified = facts.LastModifiedValue,
                IsHeuristicallyCacheable = cacheable,
            };
            asked = settings.RequestOptions is { } options ? asked with { Options = options } : asked;
            var lifetime = own.LifetimeOf(asked);
            isForOneRequest = asked.HasReadOptions;
            if (lifetime is { } given)
            {
                return given < TimeSpan.Zero && given != Failed ? TimeSpan.Zero : given;
            }
        }

        if (explicitLifetime is not null || facts.Directives.NoCache || facts.Directives.PragmaNoCache || !cacheable)
        {
            return null;
        }

        if (settings.DefaultFreshnessLifetime is { } fallback && (!facts.Directives.Private || settings.Rule is { IgnoresPrivate: true }))
        {
            return fallback;
        }

        return FreshnessRules.SinceLastModified(facts.DateValue, facts.LastModifiedValue, settings.HeuristicFraction, settings.MaximumHeuristicLifetime);
    }

    /// <summary>Whether the status or an explicit permission opens the response to heuristics.</summary>
    public static bool IsAllowedFor(int status, ResponseDirectives directives, PolicySettings settings) =>
        StatusRules.IsHeuristicallyCacheable(status) || directives.Public || (directives.Private && !settings.IsShared);
}
