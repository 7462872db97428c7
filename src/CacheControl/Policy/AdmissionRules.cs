using System.Runtime.CompilerServices;
using HttpCaching.Fields;
using HttpCaching.Model;

namespace HttpCaching.Policy;

/// <summary>Whether a request is the cache's business at all: what can be said before anything is looked up.</summary>
internal static class AdmissionRules
{
    /// <summary>The decision to leave the request to the origin, or <see langword="null"/> if a lookup makes sense.</summary>
    public static Admission? Decide(RequestHead presented, in RequestDirectives directives, HttpCacheMode mode, PolicySettings settings)
    {
        var admission = DecideFreely(presented, directives, mode, settings);
        return admission is { } found && (directives.OnlyIfCached || mode == HttpCacheMode.OnlyIfCached)
            ? WithoutOrigin(presented, found, mode, settings)
            : admission;
    }

    /// <summary>
    /// The same for a request that must not reach the origin (RFC 9111 §5.2.1.7): nothing can be stored, so that no-store keeps nothing from being looked up.
    /// What the mode Reload asks for comes from the origin alone, whatever else the request says.
    /// A request that may change something is forwarded all the same (§4).
    /// </summary>
    private static Admission? WithoutOrigin(RequestHead presented, Admission found, HttpCacheMode mode, PolicySettings settings) =>
        !MethodRules.IsSafe(presented.Method) ? found
        : found.Reason == CacheReason.RequestNoStore && mode != HttpCacheMode.Reload && MethodRules.IsReusable(presented.Method, settings) ? null
        : new Admission(DecisionKind.Unsatisfiable, CacheReason.OnlyIfCached);

    private static Admission? DecideFreely(RequestHead presented, in RequestDirectives directives, HttpCacheMode mode, PolicySettings settings)
    {
        var method = presented.Method;
        if (!MethodRules.IsReusable(method, settings))
        {
            // The response to a POST may be stored for GET, unless something in the request says what would keep a GET out.
            var reason = method == MethodRules.Post && settings.StorePost ? ReasonToBypass(presented.Fields, directives, mode) : null;
            return new Admission(DecisionKind.Bypass, reason ?? CacheReason.Method);
        }

        if (presented.HasContent && method != MethodRules.Query)
        {
            return new Admission(DecisionKind.Bypass, CacheReason.RequestContent);
        }

        if (ReasonToBypass(presented.Fields, directives, mode) is { } found)
        {
            return new Admission(DecisionKind.Bypass, found);
        }

        return mode == HttpCacheMode.Reload ? new Admission(DecisionKind.Forward, CacheReason.Reload) : null;
    }

    /// <summary>The decision on a request that has no key, because a rule of the application that makes it has failed: nothing may be looked up for it.</summary>
    public static Admission WithoutKey(in RequestDirectives directives, HttpCacheMode mode) =>
        directives.OnlyIfCached || mode == HttpCacheMode.OnlyIfCached
            ? new Admission(DecisionKind.Unsatisfiable, CacheReason.OnlyIfCached)
            : new Admission(DecisionKind.Bypass, CacheReason.KeyUnavailable);

    private static CacheReason? ReasonToBypass(HttpFields fields, in RequestDirectives directives, HttpCacheMode mode)
    {
        if (fields.Count > 0 && ReasonToBypass(fields) is { } reason)
        {
            return reason;
        }

        return directives.NoStore || mode == HttpCacheMode.NoStore ? CacheReason.RequestNoStore : null;
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
