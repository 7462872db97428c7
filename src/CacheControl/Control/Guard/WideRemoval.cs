
namespace HttpCaching.Control.Guard;

/// <summary>A removal of many responses at once that a response from the origin has asked for.</summary>
/// <param name="Kind">The property by which responses are chosen.</param>
/// <param name="What">The tag or the beginning of the URIs; empty for everything.</param>
internal sealed record WideRemoval(WideRemovalKind Kind, string What)
{
    /// <summary>The removal of everything.</summary>
    public static WideRemoval OfAll => new(WideRemovalKind.All, string.Empty);

    /// <summary>Its name in logs and metrics.</summary>
    public string Operation => Kind switch
    {
        WideRemovalKind.Tag => "remove by tag",
        WideRemovalKind.Prefix => "remove by prefix",
        _ => "clear",
    };

    /// <summary>Whether it may remove a response of this URI. The tags of a response are known only once it has been read.</summary>
    public bool MayConcern(string uri) => Kind != WideRemovalKind.Prefix || uri.StartsWith(What, StringComparison.Ordinal);

    /// <summary>Whether it removes a response.</summary>
    public bool Concerns(string uri, StoredResponse head) => Kind == WideRemovalKind.Tag ? head.Tags.Contains(What, StringComparer.Ordinal) : MayConcern(uri);

    /// <summary>Carries it out.</summary>
    public async Task RunAsync(IHttpCacheStoreMaintenance store)
    {
        switch (Kind)
        {
            case WideRemovalKind.Tag:
                await store.RemoveByTagAsync(What, CancellationToken.None).ConfigureAwait(false);
                break;
            case WideRemovalKind.Prefix:
                await store.RemoveByPrefixAsync(What, CancellationToken.None).ConfigureAwait(false);
                break;
            default:
                await store.ClearAsync(CancellationToken.None).ConfigureAwait(false);
                break;
        }
    }
}
