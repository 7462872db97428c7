using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using HttpCaching.Fields;
using HttpCaching.Model;

namespace HttpCaching.Policy;

/// <summary>Whether a stored response may answer a request now (RFC 9111 §4).</summary>
internal static class ReuseRules
{
    // Clocks of two machines differ by as much, and those of two processes by some milliseconds: it is no sign of a clock that was set back.
    private static readonly TimeSpan ClockStep = TimeSpan.FromSeconds(1);

    /// <summary>The decision. Total: there is one for every request and everything that may be stored.</summary>
    /// <param name="asked">The request.</param>
    /// <param name="candidates">The stored responses under its key.</param>
    /// <param name="now">The time, in UTC.</param>
    public static Decision Decide(RequestFacts asked, ImmutableArray<StoredResponse> candidates, DateTimeOffset now)
    {
        var decision = DecideFreely(asked, candidates, now);
        return decision.Kind != DecisionKind.Serve && asked.IsOnlyIfCached
            ? new Decision(DecisionKind.Unsatisfiable, CacheReason.OnlyIfCached, decision.Stored, decision.Age)
            : decision;
    }

    // Inlined into its one caller: a decision is too large to be copied on every hit.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Decision DecideFreely(RequestFacts asked, ImmutableArray<StoredResponse> candidates, DateTimeOffset now)
    {
        var (presented, settings) = (asked.Presented, asked.Settings);
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
            return PartialRules.Decide(asked, stored, facts, age, now);
        }

        if (ReasonToValidate(asked, stored, facts, age, now) is not { } reason)
        {
            return IsRefreshedEagerly(asked, facts, age)
                ? new Decision(DecisionKind.Serve, CacheReason.EagerRefresh, stored, age, ValidateInBackground: true)
                : new Decision(DecisionKind.Serve, ReasonToServe(asked), stored, age);
        }

        if (reason is CacheReason.Expired or CacheReason.NoLifetime && StaleRules.WithoutAsking(asked, facts, age) is { } permission)
        {
            return new Decision(
                DecisionKind.Serve, permission, stored, age, ValidateInBackground: permission == CacheReason.StaleWhileRevalidate);
        }

        return new Decision(DecisionKind.Validate, reason, stored, age)
        {
            Nominated = ValidationRules.Nominate(presented, stored, candidates, settings),
        };
    }

    /// <summary>When the decision on a request that asks for nothing special is a fresh hit.</summary>
    /// <param name="stored">A stored response. It must be complete when it is used.</param>
    /// <param name="facts">What follows from it.</param>
    /// <param name="settings">The settings.</param>
    public static PlainUse PlainUseOf(StoredResponse stored, ResponseConclusions facts, PolicySettings settings)
    {
        if (stored.Method != MethodRules.Get || stored.MustValidate || stored.IsMarkedStale || facts.AlwaysValidate || settings.Rule is { LeavesHitsPlain: false }
            || (settings.IsShared && facts.Directives.Private) || SelectionRules.NeverMatches(stored.SelectingFields))
        {
            return default;
        }

        var end = settings.EagerRefreshAfter < 1 ? EagerAge(facts, settings) : facts.FreshnessLifetime;
        var resident = Math.Min((end - facts.CorrectedInitialAge).Ticks, DeltaSeconds.Max.Ticks);
        var received = stored.Times.ResponseTime.UtcTicks;
        return resident <= 0 ? default : new PlainUse(received - ClockStep.Ticks + 1, received + resident);
    }

    /// <summary>Why the stored response can't be used as it is, or <see langword="null"/> if it can: every reason in order, each leaving at once.</summary>
    internal static CacheReason? ReasonToValidate(RequestFacts asked, StoredResponse stored, ResponseConclusions facts, TimeSpan age, DateTimeOffset now)
    {
        ref readonly var directives = ref asked.Directives;
        if (stored.MustValidate || stored.IsMarkedStale)
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

        if (directives.NoCache || asked.Mode == HttpCacheMode.NoCache)
        {
            return CacheReason.RequestNoCache;
        }

        if (!FreshnessRules.IsFresh(facts.FreshnessLifetime, age))
        {
            return facts.Source == FreshnessSource.None ? CacheReason.NoLifetime : CacheReason.Expired;
        }

        if (asked.Mode is HttpCacheMode.ForceCache or HttpCacheMode.OnlyIfCached)
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

    private static CacheReason ReasonToServe(RequestFacts asked) =>
        asked.Directives.MaxAge == TimeSpan.Zero && asked.Mode == HttpCacheMode.Default ? CacheReason.Immutable : CacheReason.Fresh;

    private static bool IsRefreshedEagerly(RequestFacts asked, ResponseConclusions facts, TimeSpan age) =>
        asked.Settings.EagerRefreshAfter < 1 && age >= EagerAge(facts, asked.Settings)
        && !asked.Directives.OnlyIfCached && asked.Mode == HttpCacheMode.Default && !asked.EndsWithCaller;

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
