namespace HttpCaching.Sqlite.Engine;

/// <summary>A commit with the key that it is for.</summary>
internal readonly record struct CacheKeyAndCommit(CacheKey Key, StoreCommit Commit);
