namespace HttpCaching.Storage;

/// <summary>A store that answers a look-up out of memory, without a task and without a fault.</summary>
internal interface IHttpCacheStoreAtOnce
{
    /// <summary>The clock of the last uses; null if no look-up finds anything.</summary>
    UseClock? Clock { get; }

    /// <summary>The view of a key; null if nothing is stored, or if the look-up takes more than that. The stamp of the view may be old: nothing can be stored with it.</summary>
    HttpCacheSnapshot? FindAtOnce(in CacheKey key);
}
