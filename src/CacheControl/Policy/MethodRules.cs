using HttpCaching.Model;

namespace HttpCaching.Policy;

/// <summary>Properties of methods that the rules need (RFC 9110 §9.2).</summary>
internal static class MethodRules
{
    public const string Get = "GET";
    public const string Head = "HEAD";
    public const string Post = "POST";
    public const string Query = "QUERY";

    /// <summary>The methods whose responses may be stored.</summary>
    public static IReadOnlyList<string> Reads { get; } = [Get, Head, Query, Post];

    /// <summary>Whether the method can't change a resource, so that it invalidates nothing (RFC 9110 §9.2.1). Unknown methods can.</summary>
    public static bool IsSafe(string method) => method is Get or Head or "OPTIONS" or "TRACE" or Query or "PROPFIND" or "REPORT" or "SEARCH";

    /// <summary>The same for a request: a POST that only asks changes nothing.</summary>
    public static bool IsSafe(RequestHead presented) => presented.OnlyAsks || IsSafe(presented.Method);

    /// <summary>Whether a request may be answered by a stored response.</summary>
    public static bool IsReusable(RequestHead presented, PolicySettings settings) => presented.OnlyAsks || IsReusable(presented.Method, settings);

    /// <summary>Whether a request of this method may be answered by a stored response.</summary>
    public static bool IsReusable(string method, PolicySettings settings) => method is Get or Head || (method == Query && settings.CacheQuery);

    /// <summary>Whether a stored response to <paramref name="stored"/> may answer <paramref name="presented"/> (RFC 9110 §9.3, RFC 10008 §2.7).</summary>
    public static bool CanAnswer(string stored, string presented) => presented switch
    {
        Get => stored == Get,
        Head => stored is Get or Head,
        _ => stored == presented,
    };
}
