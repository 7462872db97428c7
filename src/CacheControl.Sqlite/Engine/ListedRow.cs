namespace HttpCaching.Sqlite.Engine;

/// <summary>A stored response in a listing.</summary>
/// <param name="Id">The number of its entry.</param>
/// <param name="Key">Its key.</param>
/// <param name="Head">Its head.</param>
/// <param name="Used">The millisecond since 1970 of the last use that is written down.</param>
internal sealed record ListedRow(long Id, CacheKey Key, StoredResponse Head, long Used);
