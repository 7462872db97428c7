using HttpCaching.Policy;

namespace HttpCaching;

/// <summary>Ready-made heuristics.</summary>
public static class FreshnessHeuristics
{
    /// <summary>Returns a heuristic that keeps every storable response fresh for <paramref name="lifetime"/>, even if the response states another lifetime.</summary>
    /// <param name="lifetime">The freshness lifetime; not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="lifetime"/> is negative.</exception>
    public static IFreshnessHeuristic ExpiresAfter(TimeSpan lifetime)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lifetime, TimeSpan.Zero);
        return new FixedLifetime(lifetime, OverridesExplicit: true);
    }

    /// <summary>A heuristic that keeps responses without explicit freshness fresh for one day.</summary>
    public static IFreshnessHeuristic OneDay { get; } = new FixedLifetime(TimeSpan.FromDays(1), OverridesExplicit: false);

    /// <summary>
    /// Returns a heuristic for responses without explicit freshness whose status allows it. They stay fresh for a share of the time since their Last-Modified (RFC 9111 §4.2.2).
    /// </summary>
    /// <param name="fraction">The share, between 0 and 1; 0.1 is common.</param>
    /// <param name="maximum">The longest lifetime; not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="fraction"/> is not between 0 and 1, or <paramref name="maximum"/> is negative.</exception>
    public static IFreshnessHeuristic LastModified(double fraction, TimeSpan maximum)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fraction, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fraction, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximum, TimeSpan.Zero);
        return new SinceLastModified(fraction, maximum);
    }

    private sealed record FixedLifetime(TimeSpan Lifetime, bool OverridesExplicit) : IFreshnessHeuristic
    {
        public TimeSpan? LifetimeOf(FreshnessFacts facts) => OverridesExplicit || facts.ExplicitLifetime is null ? Lifetime : null;
    }

    private sealed record SinceLastModified(double Fraction, TimeSpan Maximum) : IFreshnessHeuristic
    {
        public TimeSpan? LifetimeOf(FreshnessFacts facts) =>
            facts.ExplicitLifetime is null && facts.IsHeuristicallyCacheable
                ? FreshnessRules.SinceLastModified(facts.Date, facts.LastModified, Fraction, Maximum)
                : null;
    }
}
