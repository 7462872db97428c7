using System.Buffers;
using System.Text;

namespace HttpCaching.Http;

/// <summary>Makes the one normal spelling of a target URI, for keys (RFC 9110 §4.2.3, RFC 9111 §2).</summary>
internal static class TargetUri
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    private static readonly SearchValues<char> Special = SearchValues.Create("%#@");

    // The characters that Uri never changes after the host. '%' and '@' are left out because they depend on their context.
    private static readonly SearchValues<char> PlainChars = SearchValues.Create(Unreserved + "/?!$&'()*+,;=:");

    private static readonly SearchValues<char> PlainHostChars = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-");

    private static readonly SearchValues<char> UnreservedChars = SearchValues.Create(Unreserved);

    /// <summary>
    /// The normalised target URI, or <see langword="null"/> if the URI is not an absolute http(s) one or the Host field is not a valid authority.
    /// Path and query keep their order, letter case and empty parts. Returns <see cref="Uri.AbsoluteUri"/> itself if nothing must change.
    /// </summary>
    /// <param name="uri">The request URI.</param>
    /// <param name="hostHeader">The Host field of the request, which overrides the authority on the wire; <see langword="null"/> if there is none.</param>
    public static string? Normalize(Uri uri, string? hostHeader) => Normalize(uri, hostHeader, out _);

    /// <summary>The same.</summary>
    /// <param name="uri">The request URI.</param>
    /// <param name="hostHeader">The Host field of the request.</param>
    /// <param name="isPlain">Whether every URI of this text is already normal, if it has no Host field.</param>
    public static string? Normalize(Uri uri, string? hostHeader, out bool isPlain)
    {
        isPlain = false;
        if (!uri.IsAbsoluteUri || !IsHttp(uri.Scheme))
        {
            return null;
        }

        // Most requests are made from a string that is already normal. Checking that is cheaper than the parse behind AbsoluteUri.
        var authorityStart = uri.Scheme.Length + 3;
        isPlain = IsPlain(uri.OriginalString, uri.Scheme);
        var text = isPlain ? uri.OriginalString : uri.AbsoluteUri;
        if (isPlain && hostHeader is null)
        {
            return text;
        }

        var sameHost = hostHeader is null || IsAuthorityOf(text, authorityStart, hostHeader);
        if (sameHost && text[authorityStart] != '[' && Ascii.IsValid(text) && !text.AsSpan().ContainsAny(Special))
        {
            return text;
        }

        return NormalizeSlowly(uri, text, authorityStart, sameHost ? null : hostHeader);
    }

    /// <summary>Whether every URI of this text is already normal, if the request has no Host field. False says nothing.</summary>
    public static bool IsPlain(string text) => IsPlain(text, Uri.UriSchemeHttps) || IsPlain(text, Uri.UriSchemeHttp);

    /// <summary>Whether a path and query are the same in every spelling of a URI, beyond doubt. False says nothing.</summary>
    public static bool IsPlainTarget(ReadOnlySpan<char> target) =>
        target.StartsWith('/') && target.IndexOfAnyExcept(PlainChars) < 0 && target.IndexOf("/.") < 0;

    private static bool IsHttp(string scheme) =>
        ReferenceEquals(scheme, Uri.UriSchemeHttps) || ReferenceEquals(scheme, Uri.UriSchemeHttp)
        || scheme is "http" or "https";

    /// <summary>
    /// Whether a text is the <see cref="Uri.AbsoluteUri"/> of itself, beyond doubt: a host of letters in lower case, no port, no dot segment, and
    /// nothing behind it that is ever escaped, unescaped or moved. False says nothing.
    /// </summary>
    private static bool IsPlain(string text, string scheme)
    {
        if (!text.StartsWith(scheme, StringComparison.Ordinal) || string.CompareOrdinal(text, scheme.Length, "://", 0, 3) != 0)
        {
            return false;
        }

        // A host that begins with a letter is no IPv4 address in an unusual form; "--" may mark a name in Unicode.
        var rest = text.AsSpan(scheme.Length + 3);
        var hostLength = rest.IndexOfAnyExcept(PlainHostChars);
        if (hostLength <= 0 || rest[hostLength] != '/' || !char.IsAsciiLetterLower(rest[0]) || !char.IsAsciiLetterOrDigit(rest[hostLength - 1])
            || rest[..hostLength].IndexOf("--") >= 0 || rest[..hostLength].IndexOf("..") >= 0)
        {
            return false;
        }

        return IsPlainTarget(rest[hostLength..]);
    }

    private static bool IsAuthorityOf(string text, int start, string host) =>
        host.Length > 0
        && text.Length > start + host.Length
        && text[start + host.Length] == '/'
        && string.CompareOrdinal(text, start, host, 0, host.Length) == 0;

    private static string? NormalizeSlowly(Uri uri, string text, int authorityStart, string? hostHeader)
    {
        // A URI made without canonicalisation may hold '#' or raw bytes in its path, which the wire then shows as they are: not a key.
        var end = text.IndexOf('#');
        if (end >= 0 && uri.Fragment.Length == 0)
        {
            return null;
        }

        var pathStart = text.IndexOf('/', authorityStart);
        if (pathStart < 0)
        {
            return null;
        }

        var path = end < 0 ? text.AsSpan(pathStart) : text.AsSpan(pathStart, end - pathStart);
        if (!Ascii.IsValid(path))
        {
            return null;
        }

        var authority = hostHeader is null ? AuthorityOf(uri) : ParseAuthority(uri.Scheme, hostHeader);
        if (authority is null)
        {
            return null;
        }

        var escaped = HasOddEscape(path) ? FixEscapes(path) : null;
        var prefixIsSame = text.AsSpan(authorityStart, pathStart - authorityStart).SequenceEqual(authority);
        return escaped is null && end < 0 && prefixIsSame
            ? text
            : string.Concat(text.AsSpan(0, authorityStart), authority, escaped ?? path);
    }

    /// <summary>The authority in ASCII, or <see langword="null"/> if the host has no such form: <see cref="Uri"/> parses hosts that IDN then refuses.</summary>
    private static string? AuthorityOf(Uri uri)
    {
        try
        {
            // An address with a zone is another one in each zone. Uri.Host leaves it out.
            var host = uri.HostNameType == UriHostNameType.IPv6 ? $"[{uri.IdnHost}]" : uri.IdnHost;
            return uri.IsDefaultPort ? host : string.Create(null, $"{host}:{uri.Port}");
        }
        catch (UriFormatException)
        {
            return null;
        }
    }

    private static string? ParseAuthority(string scheme, string host) =>
        host.Length > 0
        && !host.AsSpan().ContainsAny("/\\?#@% \t")
        && Uri.TryCreate($"{scheme}://{host}/", UriKind.Absolute, out var parsed)
        && parsed.PathAndQuery == "/"
            ? AuthorityOf(parsed)
            : null;

    private static bool HasOddEscape(ReadOnlySpan<char> text)
    {
        for (var i = text.IndexOf('%'); i >= 0 && i + 2 < text.Length; i++)
        {
            if (text[i] == '%' && TryReadEscape(text, i, out var c)
                && (UnreservedChars.Contains(c) || char.IsAsciiLetterLower(text[i + 1]) || char.IsAsciiLetterLower(text[i + 2])))
            {
                return true;
            }
        }

        return false;
    }

    private static char[] FixEscapes(ReadOnlySpan<char> text)
    {
        var result = new char[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%' || !TryReadEscape(text, i, out var c))
            {
                result[length++] = text[i];
                continue;
            }

            if (UnreservedChars.Contains(c))
            {
                result[length++] = c;
            }
            else
            {
                result[length++] = '%';
                result[length++] = char.ToUpperInvariant(text[i + 1]);
                result[length++] = char.ToUpperInvariant(text[i + 2]);
            }

            i += 2;
        }

        return result[..length];
    }

    private static bool TryReadEscape(ReadOnlySpan<char> text, int index, out char value)
    {
        value = default;
        if (index + 2 >= text.Length || !char.IsAsciiHexDigit(text[index + 1]) || !char.IsAsciiHexDigit(text[index + 2]))
        {
            return false;
        }

        value = (char)((HexValue(text[index + 1]) << 4) | HexValue(text[index + 2]));
        return true;
    }

    private static int HexValue(char c) => char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
}
