using HttpCaching.Http;

namespace HttpCaching.Control.Rules;

/// <summary>
/// The URIs that a rule is for: <c>scheme://host:port/path?query</c>. A star is any text in the path and in values of the query, any scheme, any host or, before a
/// dot, any name below a host, and any port.
/// </summary>
internal sealed class RulePattern
{
    private const string SchemeEnd = "://";

    private const string AnyPort = "*";

    private readonly string? _scheme;
    private readonly string? _port;
    private readonly string[] _path;
    private readonly (string Name, string[] Value)[] _query;

    private RulePattern(string text, string? scheme, string host, string? port, string path, (string Name, string Value)[] query)
    {
        (Text, _scheme, Host, _port, _path) = (text, scheme, host, port, path.Split('*'));
        _query = [.. query.Select(parameter => (parameter.Name, parameter.Value.Split('*')))];
    }

    /// <summary>The pattern in its normal spelling.</summary>
    public string Text { get; }

    /// <summary>The host; with a leading dot for all names below one, and a star for all.</summary>
    public string Host { get; }

    /// <summary>The beginning of the path, before the first star.</summary>
    public string PathStart => _path[0];

    /// <summary>Whether the pattern is for one path, which has no star.</summary>
    public bool IsOnePath => _path.Length == 1;

    /// <summary>How narrow the pattern is: the larger in the first number that differs wins.</summary>
    public (int Host, int HostLength, int PathStart, int Path, int Query, int QueryValues, int QueryText, int Authority) Specificity =>
    (
        Host == "*" ? 0 : Host[0] == '.' ? 1 : 2,
        Host.Length,
        PathStart.Length,
        _path.Length == 1 ? int.MaxValue : _path.Sum(part => part.Length),
        _query.Length,
        _query.Count(parameter => parameter.Value.Length == 1),
        _query.Sum(parameter => parameter.Value.Sum(part => part.Length)),
        (_scheme is null ? 0 : 1) + (_port == AnyPort ? 0 : 1));

    /// <summary>Reads a pattern.</summary>
    /// <param name="text">The text.</param>
    /// <param name="pattern">The pattern, if the answer is null.</param>
    /// <returns>What is wrong, and what to write instead; null if nothing is.</returns>
    public static string? Read(string? text, out RulePattern? pattern)
    {
        pattern = null;
        if (string.IsNullOrWhiteSpace(text) || text.IndexOf(SchemeEnd, StringComparison.Ordinal) is not (> 0 and var schemeEnd))
        {
            return "has no scheme; begin with https://, http:// or *://";
        }

        var scheme = text[..schemeEnd].ToLowerInvariant();
        if (scheme is not ("https" or "http" or "*"))
        {
            return $"has the scheme {scheme}, which the cache does not handle; begin with https://, http:// or *://";
        }

        var rest = text[(schemeEnd + SchemeEnd.Length)..];
        if (rest.Contains('#', StringComparison.Ordinal) || rest.Any(char.IsWhiteSpace))
        {
            return "has a fragment or white space, which no target URI has; remove it";
        }

        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            return "has no path; end with /* for everything there";
        }

        return ReadParts(scheme, rest[..slash], rest[slash..], out pattern);
    }

    /// <summary>Whether a URI is one of these. Allocates nothing.</summary>
    /// <param name="uri">The URI, taken apart. Its host is known to fit.</param>
    public bool Matches(in UriParts uri) =>
        (_scheme is null || uri.Scheme.SequenceEqual(_scheme))
        && (_port == AnyPort || uri.Port.SequenceEqual(_port))
        && IsLike(uri.Path, _path)
        && (_query.Length == 0 || HasAll(uri.Query));

    private static string? ReadParts(string scheme, string authority, string target, out RulePattern? pattern)
    {
        pattern = null;
        var colon = authority.EndsWith(']') ? -1 : authority.LastIndexOf(':');
        var (host, port) = colon < 0 ? (authority, null) : (authority[..colon], authority[(colon + 1)..]);
        var name = host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host == "*" ? "any" : host;
        if (name.Length == 0 || name.AsSpan().ContainsAny("*@?") || (host != name && Uri.CheckHostName(name) is UriHostNameType.IPv4 or UriHostNameType.IPv6))
        {
            return $"has the host '{host}'; write a name, *. before a name for all below it, or * for all";
        }

        if (port is not null && port != AnyPort && !(ushort.TryParse(port, System.Globalization.NumberStyles.None, null, out var number) && number > 0))
        {
            return $"has the port '{port}'; write a number up to 65535, or * for all";
        }

        // The normal spelling of what requests have, a star included.
        if (!Uri.TryCreate($"{(scheme == "*" ? "https" : scheme)}{SchemeEnd}{name}{target}", UriKind.Absolute, out var probe)
            || TargetUri.Normalize(probe, null) is not { } normal)
        {
            return "is no URI that a request can have; correct its host or path";
        }

        var parts = new UriParts(normal);
        if (host == "*" && port is null or AnyPort && scheme == "*" && target == "/*")
        {
            return "is for every URI; name a scheme or a host, or set the option for the whole cache";
        }

        var query = ParametersOf(parts.Query);
        if (Array.Exists(query, parameter => parameter.Name.Length == 0 || parameter.Name.Contains('*', StringComparison.Ordinal)))
        {
            return "has a parameter of the query without a whole name; write names in full, with stars in values only, and no query for any query";
        }

        var hostText = host == "*" ? "*" : host == name ? parts.Host.ToString() : "." + parts.Host.ToString();
        var portText = port is null || (port == "443" && scheme == "https") || (port == "80" && scheme == "http") ? string.Empty : port;
        var path = WithSingleStars(parts.Path.ToString());
        var spelling = $"{scheme}{SchemeEnd}{hostText}:{portText}{path}?{string.Join('&', query.Select(parameter => $"{parameter.Name}={parameter.Value}"))}";
        pattern = new RulePattern(spelling, scheme == "*" ? null : scheme, hostText, portText, path, query);
        return null;
    }

    /// <summary>The parameters of a query in one order, since those of a URI may come in any. One without a value may have any.</summary>
    private static (string Name, string Value)[] ParametersOf(ReadOnlySpan<char> query) => query.IsEmpty ? [] :
    [
        .. query.ToString().Split('&').Select(static parameter => parameter.Split('=', 2))
            .Select(static pair => (Name: pair[0], Value: pair.Length > 1 ? WithSingleStars(pair[1]) : "*"))
            .Order(),
    ];

    /// <summary>Several stars in a row are no more than one.</summary>
    private static string WithSingleStars(string text)
    {
        while (text.Contains("**", StringComparison.Ordinal))
        {
            text = text.Replace("**", "*", StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>Whether a text consists of the parts of a pattern, in order, with any text between them.</summary>
    private static bool IsLike(ReadOnlySpan<char> text, string[] parts)
    {
        if (parts.Length == 1)
        {
            return text.SequenceEqual(parts[0]);
        }

        if (!text.StartsWith(parts[0]))
        {
            return false;
        }

        text = text[parts[0].Length..];
        for (var i = 1; i < parts.Length - 1; i++)
        {
            var at = text.IndexOf(parts[i]);
            if (at < 0)
            {
                return false;
            }

            text = text[(at + parts[i].Length)..];
        }

        return text.EndsWith(parts[^1]);
    }

    private bool HasAll(ReadOnlySpan<char> query)
    {
        foreach (var (name, value) in _query)
        {
            if (!Has(query, name, value))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Has(ReadOnlySpan<char> query, string name, string[] value)
    {
        foreach (var range in query.Split('&'))
        {
            var part = query[range];
            var equals = part.IndexOf('=');
            if ((equals < 0 ? part : part[..equals]).SequenceEqual(name) && IsLike(equals < 0 ? [] : part[(equals + 1)..], value))
            {
                return true;
            }
        }

        return false;
    }
}
