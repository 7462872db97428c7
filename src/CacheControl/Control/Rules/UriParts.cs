namespace HttpCaching.Control.Rules;

/// <summary>The parts of a normalised target URI, without an allocation.</summary>
internal readonly ref struct UriParts
{
    public UriParts(ReadOnlySpan<char> uri)
    {
        // A target URI is one of http or https.
        var schemeEnd = uri[4] == ':' ? 4 : 5;
        Scheme = uri[..schemeEnd];
        var rest = uri[(schemeEnd + 3)..];
        var slash = rest.IndexOf('/');
        var authority = slash < 0 ? rest : rest[..slash];
        var target = slash < 0 ? "/" : rest[slash..];
        var question = target.IndexOf('?');
        Path = question < 0 ? target : target[..question];
        Query = question < 0 ? [] : target[(question + 1)..];

        // An address in brackets has colons of its own, and ends with one of them unless a port follows.
        var colon = char.IsAsciiDigit(authority[^1]) ? authority.LastIndexOf(':') : -1;
        Host = colon < 0 ? authority : authority[..colon];
        Port = colon < 0 ? [] : authority[(colon + 1)..];
    }

    public ReadOnlySpan<char> Scheme { get; }

    public ReadOnlySpan<char> Host { get; }

    /// <summary>The port; empty for the scheme's own.</summary>
    public ReadOnlySpan<char> Port { get; }

    public ReadOnlySpan<char> Path { get; }

    public ReadOnlySpan<char> Query { get; }
}
