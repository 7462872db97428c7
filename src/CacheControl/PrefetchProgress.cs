namespace HttpCaching;

/// <summary>How far a prefetch has come: see <see cref="HttpClientExtensions.PrefetchAsync"/>.</summary>
/// <param name="AlreadyStored">URIs whose response came from the cache.</param>
/// <param name="Stored">URIs whose response was stored now.</param>
/// <param name="NotStored">URIs whose response can't be stored, or that another writer has stored.</param>
/// <param name="Failed">URIs without a response, with a status of 400 or above, or with a body that broke off.</param>
/// <param name="LastFailed">The last of the failed URIs, or <see langword="null"/>.</param>
public readonly record struct PrefetchProgress(long AlreadyStored, long Stored, long NotStored, long Failed, Uri? LastFailed)
{
    /// <summary>The number of URIs that are done.</summary>
    public long Done => AlreadyStored + Stored + NotStored + Failed;
}
