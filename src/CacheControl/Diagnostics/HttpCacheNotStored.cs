namespace HttpCaching;

/// <summary>A response of the origin was not stored.</summary>
/// <param name="Method">The method of the request.</param>
/// <param name="Uri">The target URI.</param>
/// <param name="Reason">Why.</param>
public sealed record HttpCacheNotStored(string Method, string Uri, NotStoredReason Reason) : HttpCacheEvent(HttpCacheEventKinds.NotStored);
