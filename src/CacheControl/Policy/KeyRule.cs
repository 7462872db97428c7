namespace HttpCaching.Policy;

/// <summary>What makes the URIs of one resource one key.</summary>
internal sealed record KeyRule
{
    /// <summary>The parameter that carries a credential (RFC 6750 §2.3).</summary>
    public const string AccessToken = "access_token";

    public static KeyRule None { get; } = new();

    /// <summary>The names of parameters that do not matter; a star at the end is any text.</summary>
    public IReadOnlyList<string> IgnoredParameters { get; init; } = [];

    /// <summary>Whether the order of parameters does not matter. Those of one name keep theirs.</summary>
    public bool IgnoresOrder { get; init; }

    /// <summary>The function of the application that names the resource of a URI; null for none.</summary>
    public Func<Uri, string?>? Function { get; init; }

    /// <summary>Whether the key is the URI.</summary>
    public bool IsNone => ReferenceEquals(this, None);

    /// <summary>The rule of a narrower one with this below it.</summary>
    /// <param name="narrower">The narrower rule.</param>
    public KeyRule Below(KeyRule narrower) => narrower.IsNone ? this : IsNone ? narrower : new KeyRule
    {
        IgnoredParameters = [.. narrower.IgnoredParameters.Union(IgnoredParameters)],
        IgnoresOrder = narrower.IgnoresOrder || IgnoresOrder,
        Function = narrower.Function ?? Function,
    };

    public bool Equals(KeyRule? other) =>
        ReferenceEquals(this, other)
        || (other is not null && IgnoresOrder == other.IgnoresOrder && Function == other.Function && IgnoredParameters.SequenceEqual(other.IgnoredParameters));

    public override int GetHashCode() => HashCode.Combine(IgnoredParameters.Count, IgnoresOrder, Function);

    /// <summary>The URI with the parameters that matter, in their order; the same text if nothing changes.</summary>
    /// <param name="uri">A normalised URI.</param>
    public string WithoutWhatDoesNotMatter(string uri)
    {
        var question = uri.IndexOf('?', StringComparison.Ordinal);
        if (question < 0 || (IgnoredParameters.Count == 0 && !IgnoresOrder))
        {
            return uri;
        }

        var all = uri[(question + 1)..].Split('&');
        var kept = Array.FindAll(all, parameter => !IsIgnored(Decoded(NameOf(parameter))));
        if (IgnoresOrder)
        {
            kept = [.. kept.OrderBy(NameOf, StringComparer.Ordinal)];
        }

        return kept.AsSpan().SequenceEqual(all) ? uri
            : kept.Length == 0 ? uri[..question]
            : string.Concat(uri.AsSpan(0, question + 1), string.Join('&', kept));
    }

    /// <summary>Whether a parameter does not matter. An access token tells users apart, so no star covers it (RFC 6750 §2.3).</summary>
    private bool IsIgnored(string name)
    {
        foreach (var written in IgnoredParameters)
        {
            var pattern = Decoded(written);
            if (pattern[^1] == '*' ? name.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1)) && name != AccessToken : name == pattern)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A name without percent-encoding: of the reserved characters in names, clients encode some and applications write none so.</summary>
    /// <param name="name">The name.</param>
    public static string Decoded(string name) => name.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(name) : name;

    private static string NameOf(string parameter)
    {
        var equals = parameter.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? parameter : parameter[..equals];
    }
}
