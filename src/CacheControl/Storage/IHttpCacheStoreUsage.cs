namespace HttpCaching.Storage;

/// <summary>
/// Tells how full a store is and what it evicts, for gauges, statistics and observers. Optional: of a store that does not implement it, these things are not told.
/// </summary>
/// <remarks>All members may be called by many threads at the same time. No request waits for them.</remarks>
public interface IHttpCacheStoreUsage
{
    /// <summary>Returns the size of the store now. May read a file; may throw if the store fails.</summary>
    HttpCacheStoreUsage GetUsage();

    /// <summary>Subscribes to evictions: stored responses that this process has removed to make room. Removals that a caller or an origin asked for are no evictions.</summary>
    /// <param name="evicted">Is called for each evicted response, possibly under a lock of the store. It must return immediately and must not throw.</param>
    /// <returns>The subscription. Dispose it to end the calls.</returns>
    IDisposable SubscribeToEvictions(Action<StoreEviction> evicted);
}
