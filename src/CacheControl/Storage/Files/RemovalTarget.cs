namespace HttpCaching.Storage.Files;

/// <summary>A response on its way into the store, for comparison with removals. It makes its hashes for the first comparison, which is rare.</summary>
internal sealed class RemovalTarget(FilePlace place, CacheKey key, StoredResponse head, FileSeal seal)
{
    private readonly Removal _uri = Removal.OfUri(place.UriHash());
    private readonly Dictionary<int, Removal> _prefixes = [];
    private Removal[]? _tags;

    /// <summary>Whether a removal covers the response.</summary>
    public bool IsTakenBy(Removal removal)
    {
        if (removal.IsOfAll || removal == _uri)
        {
            return true;
        }

        if (removal.PrefixLength is { } length)
        {
            return length >= 0 && length <= key.Uri.Length && removal == PrefixOf(length);
        }

        return Array.IndexOf(_tags ??= [.. head.Tags.Select(tag => Removal.OfTag(tag, seal))], removal) >= 0;
    }

    private Removal PrefixOf(int length)
    {
        if (!_prefixes.TryGetValue(length, out var prefix))
        {
            prefix = Removal.OfPrefix(key.Uri.AsSpan(0, length), seal);
            _prefixes.Add(length, prefix);
        }

        return prefix;
    }
}
