namespace HttpCaching.Storage;

/// <summary>One stored response that a store has removed to make room.</summary>
/// <param name="Uri">The URI as in <see cref="CacheKey.Uri"/>; <see langword="null"/> if the store can't tell it.</param>
/// <param name="Bytes">The bytes that it took in the store.</param>
public readonly record struct StoreEviction(string? Uri, long Bytes);
