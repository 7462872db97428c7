using System.Collections.Immutable;
using HttpCaching.Fields;
using HttpCaching.Model;

namespace HttpCaching.Policy;

/// <summary>Whether a stored response may answer a request now (RFC 9111 §4).</summary>
internal static class ReuseRules
{
    // Clocks of two machines differ by as much, and those of two processes by some milliseconds: it is no sign of a clock that was set back.
    private static readonly TimeSpan ClockStep = TimeSpan.FromSeconds(1);

    /// <summary>The decision. Total: there is one for every request and everything that may be stored.</summary>
    /// <param name="presented">The request.</param>
    /// <param name="directives">Its directives (RFC 9111 §5.2.1).</param>
    /// <param name="mode">Its mode.</param>
    /// <param name="candidates">The stored responses under its key.</param>
    /// <param name="limits">The stale windows that apply to it.</param>
    /// <param name="now">The time, in UTC.</param>
    /// <param name="settings">The settings.</param>
    public static Decision Decide(
        RequestHead presented,
        in RequestDirectives directives,
        HttpCacheMode mode,
        ImmutableArray<StoredResponse> candidates,
        StaleLimits limits,
        DateTimeOffset now,
        PolicySettings settings)
    {
        var decision = DecideFreely(presented, directives, mode, candidates, limits, now, settings);
        return (directives.OnlyIfCached || mode == HttpCacheMode.OnlyIfCached) && decision.Kind != DecisionKind.Serve
            ? new Decision(DecisionKind.Unsatisfiable, CacheReason.OnlyIfCached, decision.Stored, decision.Age)
            : decision;
    }

    /// <summary>
    /// The same for the case that most requests are, a stored response that is fresh and whole, in few steps: what it finds is what <see cref="Decide"/> would. False says nothing.
    /// </summary>
    /// <param name="presented">The request.</param>
    /// <param name="directives">Its directives.</param>
    /// <param name="mode">Its mode.</param>
    /// <param name="candidates">The stored responses under its key.</param>
    /// <param name="now">The time, in UTC.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="served">What is served.</param>
    public static bool TryServe(
        RequestHead presented,
        in RequestDirectives directives,
        HttpCacheMode mode,
        ImmutableArray<StoredResponse> candidates,
        DateTimeOffset now,
        PolicySettings settings,
        out ServedResponse served)
    {
        served = default;
        if (candidates.IsEmpty || SelectionRules.Select(presented, candidates, settings) is not { IsComplete: true } stored)
        {
            return false;
        }

        var facts = ResponseConclusions.Of(stored, settings);
        var age = facts.CurrentAge(now);
        if (RangeRules.OnlyOriginCuts(presented, stored, settings)
            || ReasonToValidate(directives, mode, stored, facts, age, now) is not null
            || IsRefreshedEagerly(directives, mode, facts, age, settings))
        {
            return false;
        }

        served = new ServedResponse(stored, facts, age, ReasonToServe(directives, mode));
        return true;
    }

    private static Decision DecideFreely(
        RequestHead presented,
        in RequestDirectives directives,
        HttpCacheMode mode,
        ImmutableArray<StoredResponse> candidates,
        StaleLimits limits,
        DateTimeOffset now,
        PolicySettings settings)
    {
        if (candidates.IsEmpty)
        {
            return new Decision(DecisionKind.Forward, CacheReason.Miss);
        }

        if (SelectionRules.Select(presented, candidates, settings) is not { } stored)
        {
            return VariantMiss(presented, candidates, settings);
        }

        var facts = ResponseConclusions.Of(stored, settings);
        var age = facts.CurrentAge(now);
        if (RangeRules.OnlyOriginCuts(presented, stored, settings))
        {
            return new Decision(DecisionKind.Forward, CacheReason.RangeNotServed, stored, age);
        }

        if (!stored.IsComplete)
        {
            return PartialRules.Decide(presented, directives, mode, stored, facts, age, now, settings);
        }

        if (ReasonToValidate(directives, mode, stored, facts, age, now) is not { } reason)
        {
            return IsRefreshedEagerly(directives, mode, facts, age, settings)
                ? new Decision(DecisionKind.Serve, CacheReason.EagerRefresh, stored, age, ValidateInBackground: true)
                : new Decision(DecisionKind.Serve, ReasonToServe(directives, mode), stored, age);
        }

        if (reason is CacheReason.Expired or CacheReason.NoLifetime && StaleRules.WithoutAsking(facts, age, directives, mode, limits) is { } permission)
        {
            return new Decision(
                DecisionKind.Serve, permission, stored, age, ValidateInBackground: permission == CacheReason.StaleWhileRevalidate);
        }

        return new Decision(DecisionKind.Validate, reason, stored, age)
        {
            Nominated = ValidationRules.Nominate(presented, stored, candidates, settings),
        };
    }

    /// <summary>Why the stored response can't be used as it is, or <see langword="null"/> if it can: every reason in order, each leaving at once.</summary>
    internal static CacheReason? ReasonToValidate(
        in RequestDirectives directives, HttpCacheMode mode, StoredResponse stored, ResponseConclusions facts, TimeSpan age, DateTimeOffset now)
    {
        if (stored.MustValidate)
        {
            return CacheReason.MarkedForValidation;
        }

        if (facts.AlwaysValidate)
        {
            return CacheReason.ResponseNoCache;
        }

        if (stored.Times.ResponseTime - now >= ClockStep)
        {
            return CacheReason.ClockBehind;
        }

        if (directives.NoCache || mode == HttpCacheMode.NoCache)
        {
            return CacheReason.RequestNoCache;
        }

        if (!FreshnessRules.IsFresh(facts.FreshnessLifetime, age))
        {
            return facts.Source == FreshnessSource.None ? CacheReason.NoLifetime : CacheReason.Expired;
        }

        if (mode is HttpCacheMode.ForceCache or HttpCacheMode.OnlyIfCached)
        {
            return null;
        }

        // Zero asks for validation even in the second the response arrived in.
        if (directives.MaxAge is { } maximum && (maximum == TimeSpan.Zero || age > maximum) && !IsImmutable(stored, facts, maximum))
        {
            return CacheReason.RequestMaxAge;
        }

        return directives.MinFresh is { } wanted && facts.FreshnessLifetime - age < wanted ? CacheReason.RequestMinFresh : null;
    }

    private static CacheReason ReasonToServe(in RequestDirectives directives, HttpCacheMode mode) =>
        directives.MaxAge == TimeSpan.Zero && mode == HttpCacheMode.Default ? CacheReason.Immutable : CacheReason.Fresh;

    private static bool IsRefreshedEagerly(
        in RequestDirectives directives, HttpCacheMode mode, ResponseConclusions facts, TimeSpan age, PolicySettings settings) =>
        settings.EagerRefreshAfter < 1 && age >= EagerAge(facts, settings)
        && !directives.OnlyIfCached && mode == HttpCacheMode.Default;

    /// <summary>
    /// The age from which a response is refreshed while it is fresh: the share of the lifetime that was left when it came. A cache on the way gives a response that is old
    /// already, the same one again until it expires there.
    /// </summary>
    private static TimeSpan EagerAge(ResponseConclusions facts, PolicySettings settings) =>
        facts.CorrectedInitialAge + ((facts.FreshnessLifetime - facts.CorrectedInitialAge) * settings.EagerRefreshAfter);

    /// <summary>Whether a soft reload may skip validation (RFC 8246 §2): over https, and with a length that proves the body whole.</summary>
    private static bool IsImmutable(StoredResponse stored, ResponseConclusions facts, TimeSpan requested) =>
        requested == TimeSpan.Zero
        && facts.Directives.Immutable
        && stored.TargetUri.StartsWith("https:", StringComparison.Ordinal)
        && stored.Fields.Contains(FieldNames.ContentLength);

    private static Decision VariantMiss(RequestHead presented, ImmutableArray<StoredResponse> candidates, PolicySettings settings)
    {
        var nominated = ValidationRules.NominateVariants(presented, candidates, settings);
        return new Decision(nominated.IsEmpty ? DecisionKind.Forward : DecisionKind.Validate, CacheReason.Miss)
        {
            Nominated = nominated,
            VariedField = SelectionRules.FieldThatDiffers(presented, candidates, settings),
        };
    }
}
