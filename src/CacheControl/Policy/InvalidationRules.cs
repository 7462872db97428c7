using HttpCaching.Fields;
using HttpCaching.Fields.Text;
using HttpCaching.Model;

namespace HttpCaching.Policy;

/// <summary>The URIs that a request invalidates which may have changed something (RFC 9111 §4.4).</summary>
internal static class InvalidationRules
{
    /// <summary>The URIs whose stored responses are invalid after this response, as keys have them; empty if there are none.</summary>
    public static IReadOnlyList<string> After(RequestHead presented, ResponseHead response)
    {
        if (MethodRules.IsSafe(presented))
        {
            return [];
        }

        // Redirected below the cache: the answer of the first hop is not known, so it counts as success.
        var succeeded = response.StatusCode is >= 200 and < 400 || response.FinalUri != presented.TargetUri || response.FinalMethod != presented.Method;
        if (!succeeded)
        {
            return [];
        }

        // What a response says counts for the origin that said it, which after a redirect below is not the one that was asked.
        var uris = new List<string> { presented.TargetUri };
        foreach (var named in new[] { response.Location, response.ContentLocation })
        {
            if (named is not null
                && OriginRules.OriginOf(named) == OriginRules.OriginOf(response.FinalUri)
                && !uris.Contains(named))
            {
                uris.Add(named);
            }
        }

        return uris;
    }

    /// <summary>
    /// The origin whose stored responses a response asks to clear (Clear-Site-Data, W3C), as the beginning of its URIs; <see langword="null"/> if it does not, or not
    /// over a connection that proves who asks.
    /// </summary>
    public static string? ClearedOrigin(ResponseHead response)
    {
        if (response.Fields.Combined(FieldNames.ClearSiteData) is not { } value
            || !response.FinalUri.StartsWith("https:", StringComparison.Ordinal)
            || !FieldText.SplitList(value).Exists(member => member is "\"cache\"" or "\"*\""))
        {
            return null;
        }

        return OriginRules.OriginOf(response.FinalUri) + "/";
    }

    /// <summary>The URIs to invalidate when the exchange failed after the request had been sent: it may have taken effect.</summary>
    public static IReadOnlyList<string> AfterFailure(RequestHead presented) => MethodRules.IsSafe(presented) ? [] : [presented.TargetUri];
}
