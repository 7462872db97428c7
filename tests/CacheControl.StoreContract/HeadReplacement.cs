namespace HttpCaching.StoreContract;

/// <summary>Refreshes a head, as a validation does that has just read the store.</summary>
public static class HeadReplacement
{
    /// <summary>Replaces a head, with the stamp of a snapshot that is read now.</summary>
    /// <param name="store">The store.</param>
    /// <param name="key">The key.</param>
    /// <param name="generation">The generation that the new head replaces.</param>
    /// <param name="head">The new head.</param>
    /// <param name="retention">How long it can be useful; <see langword="null"/> for an hour.</param>
    public static async Task<bool> RefreshAsync(this IHttpCacheStore store, CacheKey key, long generation, StoredResponse head, TimeSpan? retention = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        long stamp;
        using (var snapshot = await store.ReadAsync(key, CancellationToken.None).ConfigureAwait(false))
        {
            stamp = snapshot.Stamp;
        }

        return await store.ReplaceHeadAsync(key, generation, head, stamp, retention ?? TimeSpan.FromHours(1), CancellationToken.None).ConfigureAwait(false);
    }
}
