using CacheControl.Fields;
using CacheControl.Model;

namespace CacheControl.Policy;

/// <summary>Whether a request is the cache's business at all: what can be said before anything is looked up.</summary>
internal static class AdmissionRules
{
    /// <summary>The decision to leave the request to the origin, or <see langword="null"/> if a lookup makes sense.</summary>
    public static Decision? Decide(RequestHead presented, in RequestDirectives directives, HttpCacheMode mode, PolicySettings settings)
    {
        var method = presented.Method;
        if (!MethodRules.IsReusable(method, settings))
        {
            // The response to a POST may be stored for GET, unless something in the request says what would keep a GET out.
            var reason = method == MethodRules.Post && settings.StorePost ? ReasonToBypass(presented.Fields, directives, mode) : null;
            return new Decision(DecisionKind.Bypass, reason ?? CacheReason.Method);
        }

        if (presented.HasContent && method != MethodRules.Query)
        {
            return new Decision(DecisionKind.Bypass, CacheReason.RequestContent);
        }

        if (ReasonToBypass(presented.Fields, directives, mode) is { } found)
        {
            return new Decision(DecisionKind.Bypass, found);
        }

        return mode == HttpCacheMode.Reload ? new Decision(DecisionKind.Forward, CacheReason.Reload) : null;
    }

    private static CacheReason? ReasonToBypass(HttpFields fields, RequestDirectives directives, HttpCacheMode mode)
    {
        if (fields.Count > 0)
        {
            if (fields.Contains(FieldNames.XHttpMethodOverride) || fields.Contains(FieldNames.XHttpMethod) || fields.Contains(FieldNames.XMethodOverride))
            {
                return CacheReason.MethodOverride;
            }

            if (fields.Contains(FieldNames.Upgrade))
            {
                return CacheReason.Upgrade;
            }

            if (fields.Contains(FieldNames.IfMatch) || fields.Contains(FieldNames.IfUnmodifiedSince))
            {
                return CacheReason.StatePrecondition;
            }
        }

        return directives.NoStore || mode == HttpCacheMode.NoStore ? CacheReason.RequestNoStore : null;
    }
}
