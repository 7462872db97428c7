using HttpCaching.Fields;
using HttpCaching.Model;

namespace HttpCaching.Policy;

/// <summary>Which requests may share one exchange with the origin, and whether a response to one of them answers another (RFC 9111 §4, the last paragraph).</summary>
internal static class CollapseRules
{
    /// <summary>
    /// Whether a request that is about to go to the origin may wait for another one's response: a plain GET, or a POST that only asks, whose response the cache would store.
    /// A request with a condition, a range, or a directive that limits the use of the cache gets an exchange of its own. So does a request whose stored response says
    /// no-cache, which demands a validation for each request (§5.2.2.4).
    /// </summary>
    public static bool MayShare(RequestFacts asked, in Decision decision)
    {
        ref readonly var directives = ref asked.Directives;
        if ((asked.Presented.Method != MethodRules.Get && !asked.Presented.OnlyAsks) || asked.Mode is not (HttpCacheMode.Default or HttpCacheMode.ForceCache))
        {
            return false;
        }

        if (directives.NoStore || directives.NoCache || directives.OnlyIfCached || directives.MaxAge == TimeSpan.Zero)
        {
            return false;
        }

        var isMissOrValidation = decision is { Kind: DecisionKind.Validate, Reason: not CacheReason.ResponseNoCache }
            or { Kind: DecisionKind.Forward, Reason: CacheReason.Miss or CacheReason.Incomplete or CacheReason.StoreUnavailable }
            or { Kind: DecisionKind.Complete };
        return isMissOrValidation && !HasConditionOrRange(asked.Presented.Fields);
    }

    /// <summary>
    /// Whether a response that has just come may be reused at all: whole, and fresh on arrival. Any other response could answer the next request only
    /// after a validation, so a request must not wait for it.
    /// </summary>
    public static bool IsWorthSharing(StoredResponse head, DateTimeOffset now, PolicySettings settings)
    {
        var facts = ResponseConclusions.Of(head, settings);
        return head is { IsComplete: true, MustValidate: false, IsMarkedStale: false }
            && !facts.AlwaysValidate
            && !SelectionRules.NeverMatches(head.SelectingFields)
            && FreshnessRules.IsFresh(facts.FreshnessLifetime, facts.CurrentAge(now));
    }

    /// <summary>Whether the response that another request received answers this one too, by its selecting fields and by its directives.</summary>
    public static bool Fits(StoredResponse head, RequestFacts asked, DateTimeOffset now) =>
        ReuseRules.Decide(asked, [head], now).Kind == DecisionKind.Serve;

    /// <summary>Whether a response is an error of the origin for each request for this variant: then it answers all requests that wait.</summary>
    public static bool IsCommonError(StoredResponse head, RequestHead presented, PolicySettings settings) =>
        StatusRules.IsErrorForStale(head.StatusCode) && SelectionRules.Matches(presented, head, settings);

    /// <summary>
    /// The same for a stored response that the origin has just confirmed. A response with no lifetime left counts as validated for the requests that have waited
    /// (RFC 9111 §4.3.4); only no-cache demands a validation for each request (§5.2.2.4).
    /// </summary>
    public static bool FitsValidated(StoredResponse head, RequestFacts asked, DateTimeOffset now) =>
        ReuseRules.Decide(asked, [head], now)
            is { Kind: DecisionKind.Serve } or { Kind: DecisionKind.Validate, Reason: CacheReason.Expired or CacheReason.NoLifetime };

    /// <summary>
    /// The variant that a request asks for, as far as the Vary of <paramref name="known"/> tells; <see langword="null"/> if it varies by nothing.
    /// </summary>
    public static string? VariantOf(RequestHead presented, StoredResponse known, PolicySettings settings)
    {
        if (known.SelectingFields.Fields.Count == 0)
        {
            return null;
        }

        var vary = VaryNames.Parse(known.Fields);
        if (vary.IsAny)
        {
            return null;
        }

        var names = SelectionRules.WithAdded(UpdatedSelections.NamesOf(known, vary), settings);
        names = settings.Rule is { IgnoredVary.Count: > 0 } rule ? rule.WithoutIgnored(names, known.Fields, settings.IsShared) : names;
        var selecting = SelectionRules.SelectingFieldsOf(presented, names, [], settings);
        return SelectionRules.NeverMatches(selecting) ? null : VariantRules.IdOf(MethodRules.Get, null, selecting);
    }

    private static bool HasConditionOrRange(HttpFields fields) =>
        fields.Count > 0
        && (fields.Contains(FieldNames.IfNoneMatch) || fields.Contains(FieldNames.IfModifiedSince)
            || fields.Contains(FieldNames.Range) || fields.Contains(FieldNames.IfRange));
}
