namespace HttpCaching;

/// <summary>
/// Responses were invalidated or removed, by a request that changes something, by a response that asks for it, or by the application. The event is told whether any were stored or not. If the
/// store fails, the removal is pending, and the responses are not used until then.
/// </summary>
/// <param name="Scope">What was removed.</param>
/// <param name="Value">The URI, the prefix or the tag; <see langword="null"/> for a filter and for everything.</param>
public sealed record HttpCacheInvalidated(HttpCacheInvalidationScope Scope, string? Value) : HttpCacheEvent(HttpCacheEventKinds.Invalidated);
