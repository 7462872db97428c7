namespace HttpCaching.Storage;

/// <summary>The size of a store at one moment.</summary>
/// <param name="Entries">The number of stored responses, with all variants. A <see cref="FileHttpCacheStore"/> counts keys.</param>
/// <param name="Bytes">The bytes that they take, heads included.</param>
/// <param name="MaximumBytes">The most bytes that the store keeps.</param>
/// <param name="Evictions">The number of responses that this store object has evicted since it was made; of a store that several processes share, by this process alone.</param>
public readonly record struct HttpCacheStoreUsage(long Entries, long Bytes, long MaximumBytes, long Evictions);
