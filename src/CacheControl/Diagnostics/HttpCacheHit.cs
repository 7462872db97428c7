namespace HttpCaching;

/// <summary>A request was answered out of the cache without a wait for the origin, fresh or stale.</summary>
/// <param name="Method">The method of the request.</param>
/// <param name="Uri">The target URI.</param>
/// <param name="Status">What the cache did, with age and remaining freshness.</param>
public sealed record HttpCacheHit(string Method, string Uri, CacheStatus Status) : HttpCacheEvent(HttpCacheEventKinds.Hit);
