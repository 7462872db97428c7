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
            return new Decision(DecisionKind.Bypass, CacheReason.Method);
        }

        if (presented.HasContent && method != MethodRules.Query)
        {
            return new Decision(DecisionKind.Bypass, CacheReason.RequestContent);
        }

        var fields = presented.Fields;
        if (fields.Count > 0)
        {
            if (fields.Contains(FieldNames.XHttpMethodOverride) || fields.Contains(FieldNames.XHttpMethod) || fields.Contains(FieldNames.XMethodOverride))
            {
                return new Decision(DecisionKind.Bypass, CacheReason.MethodOverride);
            }

            if (fields.Contains(FieldNames.Upgrade))
            {
                return new Decision(DecisionKind.Bypass, CacheReason.Upgrade);
            }

            if (fields.Contains(FieldNames.IfMatch) || fields.Contains(FieldNames.IfUnmodifiedSince))
            {
                return new Decision(DecisionKind.Bypass, CacheReason.StatePrecondition);
            }
        }

        if (directives.NoStore || mode == HttpCacheMode.NoStore)
        {
            return new Decision(DecisionKind.Bypass, CacheReason.RequestNoStore);
        }

        return mode == HttpCacheMode.Reload ? new Decision(DecisionKind.Forward, CacheReason.Reload) : null;
    }
}
