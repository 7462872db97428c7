namespace HttpCaching;

/// <summary>
/// Is told of the events of a cache. Register any number of them as services, or set <see cref="CachingHandlerSettings.Observers"/>.
/// </summary>
/// <remarks>
/// No request waits for an observer. Each observer has a queue of 1,000 events for each cache, which another thread empties: one event at a time, in their order. If an observer is slower than the
/// events come, or blocks, the oldest events in its queue are dropped. The counter <c>cachecontrol.observer.dropped</c> tells how many. If it throws, the event is lost; the first exception is logged.
/// An observer that several caches share is called by several threads at the same time.
/// </remarks>
public interface IHttpCacheObserver
{
    /// <summary>The kinds of events to be told. Read once, when the cache is made. A kind that no observer wants costs nothing. Default: all.</summary>
    HttpCacheEventKinds Kinds => HttpCacheEventKinds.All;

    /// <summary>Takes an event.</summary>
    /// <param name="cacheEvent">
    /// The event: <see cref="HttpCacheHit"/>, <see cref="HttpCacheStored"/>, <see cref="HttpCacheNotStored"/>, <see cref="HttpCacheValidated"/>, <see cref="HttpCacheEvicted"/>,
    /// <see cref="HttpCacheInvalidated"/> or <see cref="HttpCacheStoreFault"/>.
    /// </param>
    void OnEvent(HttpCacheEvent cacheEvent);
}
