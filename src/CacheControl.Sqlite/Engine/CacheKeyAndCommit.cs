namespace HttpCaching.Sqlite.Engine;

/// <summary>A commit with its key.</summary>
internal readonly record struct CacheKeyAndCommit(CacheKey Key, StoreCommit Commit);
