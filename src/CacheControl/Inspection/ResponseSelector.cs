namespace HttpCaching.Inspection;

/// <summary>A filter with normalised URIs.</summary>
/// <param name="Uris">The whole URIs, of which one must be that of the key; or null.</param>
/// <param name="Prefixes">The beginnings that the URI must all have.</param>
/// <param name="Tag">A tag, or null.</param>
/// <param name="Where">A further condition, or null.</param>
internal sealed record ResponseSelector(IReadOnlyList<string>? Uris, IReadOnlyList<string> Prefixes, string? Tag, Func<CachedResponse, bool>? Where)
{
    /// <summary>The prefix if it is the only condition.</summary>
    public string? OnlyPrefix => Prefixes.Count == 1 && Uris is null && Tag is null && Where is null ? Prefixes[0] : null;

    /// <summary>The tag if it is the only condition.</summary>
    public string? OnlyTag => Prefixes.Count == 0 && Uris is null && Where is null ? Tag : null;

    /// <summary>Whether all but the further condition hold.</summary>
    public bool MayCover(CacheKey key, StoredResponse head) =>
        (Uris is null || Uris.Contains(key.Uri, StringComparer.Ordinal))
        && Prefixes.All(prefix => key.Uri.StartsWith(prefix, StringComparison.Ordinal))
        && (Tag is null || head.Tags.Contains(Tag, StringComparer.Ordinal));

    /// <summary>Whether the further condition holds.</summary>
    public bool Covers(CachedResponse response) => Where is null || Where(response);
}
