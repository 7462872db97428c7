namespace HttpCaching.Storage.Tiers;

/// <summary>That the back has shown just what was promoted. What was taken before the back was asked.</summary>
/// <param name="Stamp">The back's stamp.</param>
/// <param name="Timestamp">When that was, as a timestamp of the clock.</param>
/// <param name="View">The view of the back that it belongs to: see <see cref="BackView"/>.</param>
/// <param name="Back">The back.</param>
/// <param name="Key">The key.</param>
internal sealed record Confirmation(long Stamp, long Timestamp, long View, IHttpCacheStore Back, CacheKey Key);
