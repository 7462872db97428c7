namespace HttpCaching.Storage.Tiers;

/// <summary>Records that the back showed exactly the promoted responses. Its values were read before the back was asked.</summary>
/// <param name="Stamp">The back's stamp.</param>
/// <param name="Timestamp">The time, as a timestamp of the clock.</param>
/// <param name="View">The view of the back that it belongs to: see <see cref="BackView"/>.</param>
/// <param name="Back">The back.</param>
/// <param name="Key">The key.</param>
internal sealed record Confirmation(long Stamp, long Timestamp, long View, IHttpCacheStore Back, CacheKey Key);
