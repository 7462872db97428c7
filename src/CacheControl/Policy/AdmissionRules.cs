using System.Runtime.CompilerServices;
using HttpCaching.Fields;
using HttpCaching.Model;

namespace HttpCaching.Policy;

/// <summary>Whether a request may be answered or stored by the cache at all: the decision before a lookup.</summary>
internal static class AdmissionRules
{
    /// <summary>The decision to leave the request to the origin, or <see langword="null"/> if a lookup makes sense.</summary>
    public static Admission? Decide(RequestFacts asked)
    {
        var admission = DecideFreely(asked);
        return admission is { } found && asked.IsOnlyIfCached ? WithoutOrigin(asked, found) : admission;
    }

    /// <summary>
    /// The same for a request that must not reach the origin (RFC 9111 §5.2.1.7): nothing can be stored, so that no-store keeps nothing from being looked up.
    /// What the mode Reload asks for comes from the origin alone, whatever else the request says.
    /// A request that may change something is forwarded all the same (§4).
    /// </summary>
    private static Admission? WithoutOrigin(RequestFacts asked, Admission found) =>
        !MethodRules.IsSafe(asked.Presented) ? found
        : found.Reason == CacheReason.RequestNoStore && asked.Mode != HttpCacheMode.Reload && MethodRules.IsReusable(asked.Presented, asked.Settings) ? null
        : new Admission(DecisionKind.Unsatisfiable, CacheReason.OnlyIfCached);

    private static Admission? DecideFreely(RequestFacts asked)
    {
        var (presented, mode, settings) = (asked.Presented, asked.Mode, asked.Settings);
        var method = presented.Method;
        if (!MethodRules.IsReusable(presented, settings))
        {
            // The response to a POST may be stored for GET, unless something in the request says what would keep a GET out.
            var reason = method == MethodRules.Post && settings.StorePost ? ReasonToBypass(asked) : null;
            return new Admission(DecisionKind.Bypass, reason ?? CacheReason.Method);
        }

        if (settings.Rule is { Bypass: true })
        {
            return new Admission(DecisionKind.Bypass, CacheReason.Rule);
        }

        if (presented.HasContent && !ContentRules.IsInKey(presented))
        {
            return new Admission(DecisionKind.Bypass, CacheReason.RequestContent);
        }

        if (ReasonToBypass(asked) is { } found)
        {
            return new Admission(DecisionKind.Bypass, found);
        }

        return mode == HttpCacheMode.Reload ? new Admission(DecisionKind.Forward, CacheReason.Reload) : null;
    }

    /// <summary>The decision on a request that has no key, because a rule of the application that makes it has failed: nothing may be looked up for it.</summary>
    public static Admission WithoutKey(RequestFacts asked) =>
        asked.IsOnlyIfCached
            ? new Admission(DecisionKind.Unsatisfiable, CacheReason.OnlyIfCached)
            : new Admission(DecisionKind.Bypass, CacheReason.KeyUnavailable);

    private static CacheReason? ReasonToBypass(RequestFacts asked)
    {
        if (asked.Presented.Fields.Count > 0 && ReasonToBypass(asked.Presented.Fields) is { } reason)
        {
            return reason;
        }

        return asked.Directives.NoStore || asked.Mode == HttpCacheMode.NoStore ? CacheReason.RequestNoStore : null;
    }

    // Not inlined: the copies of the fields would be cleared on every hit.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static CacheReason? ReasonToBypass(in HttpFields fields)
    {
        if (fields.Contains(FieldNames.XHttpMethodOverride) || fields.Contains(FieldNames.XHttpMethod) || fields.Contains(FieldNames.XMethodOverride))
        {
            return CacheReason.MethodOverride;
        }

        if (fields.Contains(FieldNames.Upgrade))
        {
            return CacheReason.Upgrade;
        }

        return fields.Contains(FieldNames.IfMatch) || fields.Contains(FieldNames.IfUnmodifiedSince) ? CacheReason.StatePrecondition : null;
    }
}
