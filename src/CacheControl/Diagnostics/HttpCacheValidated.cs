namespace HttpCaching;

/// <summary>The origin confirmed a stored response with 304, for a caller or in the background.</summary>
/// <param name="Method">The method of the request.</param>
/// <param name="Uri">The target URI.</param>
/// <param name="Status">What the cache did, with the remaining freshness.</param>
public sealed record HttpCacheValidated(string Method, string Uri, CacheStatus Status) : HttpCacheEvent(HttpCacheEventKinds.Validated);
