namespace HttpCaching;

/// <summary>A response was stored: its body has ended, and the next request can find it.</summary>
/// <param name="Method">The method of the request.</param>
/// <param name="Uri">The target URI.</param>
/// <param name="Bytes">The length of its body as stored.</param>
public sealed record HttpCacheStored(string Method, string Uri, long Bytes) : HttpCacheEvent(HttpCacheEventKinds.Stored);
