namespace HttpCaching.Storage;

/// <summary>A stored response in a listing of a store.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Head">Its head.</param>
/// <param name="LastUse">When a request last read it, or when it was stored if none has, in UTC; <see langword="null"/> if the store can't tell. <see cref="IHttpCacheStore.PeekAsync"/> and listings are no uses.</param>
public sealed record ListedResponse(CacheKey Key, StoredResponse Head, DateTimeOffset? LastUse = null)
{
    /// <summary>Returns the key and the head.</summary>
    /// <param name="key">The key.</param>
    /// <param name="head">The head.</param>
    public void Deconstruct(out CacheKey key, out StoredResponse head) => (key, head) = (Key, Head);
}
