namespace HttpCaching.Model;

/// <summary>The tokens of RFC 9211.</summary>
internal static class CacheStatusNames
{
    // The reason of most responses: to make its name takes as long as the rest of a hit.
    private const string Fresh = "fresh";

    /// <summary>The token of a forward reason (RFC 9211 §2.2).</summary>
    public static string Of(ForwardReason reason) => reason switch
    {
        ForwardReason.Bypass => "bypass",
        ForwardReason.Method => "method",
        ForwardReason.UriMiss => "uri-miss",
        ForwardReason.VaryMiss => "vary-miss",
        ForwardReason.Request => "request",
        ForwardReason.Stale => "stale",
        ForwardReason.Partial => "partial",
        _ => "miss",
    };

    /// <summary>The reason of a token (RFC 9211 §2.2); <see cref="ForwardReason.Miss"/> for one that is not known.</summary>
    public static ForwardReason ForwardOf(string token) => token switch
    {
        "bypass" => ForwardReason.Bypass,
        "method" => ForwardReason.Method,
        "uri-miss" => ForwardReason.UriMiss,
        "vary-miss" => ForwardReason.VaryMiss,
        "request" => ForwardReason.Request,
        "stale" => ForwardReason.Stale,
        "partial" => ForwardReason.Partial,
        _ => ForwardReason.Miss,
    };

    /// <summary>What the cache did, in one word: hit, generated or fwd.</summary>
    public static string OutcomeOf(CacheStatus status) => status.Hit ? "hit" : status.Generated ? "generated" : "fwd";

    /// <summary>The token of a reason: its name in lower case with hyphens.</summary>
    public static string DetailOf(CacheReason reason) => reason == CacheReason.Fresh ? Fresh : Hyphenated(reason.ToString());

    /// <summary>The token of a reason: its name in lower case with hyphens.</summary>
    public static string DetailOf(NotStoredReason reason) => Hyphenated(reason.ToString());

    private static string Hyphenated(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : "-") + char.ToLowerInvariant(c) : c.ToString()));
}
