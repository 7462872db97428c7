namespace HttpCaching;

/// <summary>A store removed a response to make room. The stores in memory, in files and in SQLite tell it, of their own process; the engines of the others evict untold.</summary>
/// <param name="Uri">The target URI; <see langword="null"/> if the store can't tell it.</param>
/// <param name="Bytes">The bytes that the response took in the store.</param>
/// <param name="Tier">The tier of a <see cref="TieredHttpCacheStore"/>, <c>front</c> or <c>back</c>; <see langword="null"/> for a store without tiers. An eviction in front loses nothing.</param>
public sealed record HttpCacheEvicted(string? Uri, long Bytes, string? Tier) : HttpCacheEvent(HttpCacheEventKinds.Evicted);
