using System.Collections.Frozen;

namespace HttpCaching.Storage.Format;

/// <summary>Field names with a number of one byte in a stored head. A number keeps its name for ever; new names go to the end.</summary>
internal static class KnownFieldNames
{
    // The position is the number. 0 is no name: the name follows as text.
    private static readonly string?[] Names =
    [
        null,
        "Date", "Cache-Control", "Content-Type", "Content-Length", "ETag", "Last-Modified", "Expires", "Vary", "Server", "Age",
        "Content-Encoding", "Content-Language", "Content-Location", "Content-Disposition", "Content-Range", "Accept-Ranges",
        "Link", "Location", "Pragma", "Set-Cookie", "Via", "Warning", "Allow", "Retry-After", "Alt-Svc",
        "Strict-Transport-Security", "Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "X-XSS-Protection",
        "Referrer-Policy", "Permissions-Policy", "Access-Control-Allow-Origin", "Access-Control-Allow-Methods",
        "Access-Control-Allow-Headers", "Access-Control-Allow-Credentials", "Access-Control-Expose-Headers", "Access-Control-Max-Age",
        "Cross-Origin-Resource-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Embedder-Policy", "Timing-Allow-Origin",
        "Server-Timing", "X-Powered-By", "X-Request-Id", "X-Cache", "CDN-Cache-Control", "Cache-Status", "Cache-Groups",
        "No-Vary-Search", "Content-Digest", "Repr-Digest", "Content-MD5", "Deprecation", "Sunset", "Preference-Applied",
        "Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Cookie", "Origin", "User-Agent",
    ];

    private static readonly FrozenDictionary<string, byte> Numbers =
        Enumerable.Range(1, Names.Length - 1).ToFrozenDictionary(i => Names[i]!, i => (byte)i, StringComparer.Ordinal);

    /// <summary>The number of a name in exactly this letter case, or 0.</summary>
    public static byte NumberOf(string name) => Numbers.TryGetValue(name, out var number) ? number : (byte)0;

    /// <summary>The name of a number, or null if it has none.</summary>
    public static string? NameOf(byte number) => number < Names.Length ? Names[number] : null;
}
