using HttpCaching.Model;
using Microsoft.Extensions.Logging;

namespace HttpCaching.Diagnostics;

/// <summary>Tells the application's observers of events. A cache without observers has no such object.</summary>
internal sealed class CacheObservers : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly string? _client;
    private readonly Func<DateTimeOffset> _now;
    private readonly ILogger _logger;
    private readonly CacheMetrics _metrics;
    private ObserverQueue[] _queues = [];
    private HttpCacheEventKinds _kinds;

    private CacheObservers(string? client, Func<DateTimeOffset> now, ILogger logger, CacheMetrics metrics) =>
        (_client, _now, _logger, _metrics) = (client, now, logger, metrics);

    /// <summary>The observers of a cache; null if there are none that want anything.</summary>
    /// <param name="observers">The observers; null if they are added before the cache is used.</param>
    /// <param name="client">The name of the client.</param>
    /// <param name="now">The clock.</param>
    /// <param name="logger">Where faults of observers are logged.</param>
    /// <param name="metrics">Where dropped events are counted.</param>
    public static CacheObservers? Of(IEnumerable<IHttpCacheObserver>? observers, string? client, Func<DateTimeOffset> now, ILogger logger, CacheMetrics metrics)
    {
        var all = new CacheObservers(client, now, logger, metrics);
        all.Add(observers ?? []);
        return observers is null || all._queues.Length > 0 ? all : null;
    }

    /// <summary>Adds observers. Not for a cache that is in use.</summary>
    public void Add(IEnumerable<IHttpCacheObserver> observers)
    {
        foreach (var observer in observers)
        {
            if (KindsOf(observer, _logger) is var kinds and not HttpCacheEventKinds.None)
            {
                _queues = [.. _queues, new ObserverQueue(observer, kinds, _logger, _metrics.EventDropped)];
                _kinds |= kinds;
            }
        }
    }

    /// <summary>Ends when every observer has been told everything. An observer that blocks never is.</summary>
    public Task WhenEmptied => Task.WhenAll(_queues.Select(queue => queue.Emptied));

    /// <summary>Whether an observer wants events of a kind. Ask before an event is made.</summary>
    public bool Want(HttpCacheEventKinds kind) => (_kinds & kind) != 0;

    /// <summary>A hit.</summary>
    public void Hit(string method, string uri, CacheStatus status) => Tell(new HttpCacheHit(method, uri, status) { Client = _client, Time = _now() });

    /// <summary>A response was stored.</summary>
    public void Stored(string method, string uri, long bytes)
    {
        if (Want(HttpCacheEventKinds.Stored))
        {
            Tell(new HttpCacheStored(method, uri, bytes) { Client = _client, Time = _now() });
        }
    }

    /// <summary>A response was not stored.</summary>
    public void NotStored(string method, string uri, NotStoredReason reason)
    {
        if (Want(HttpCacheEventKinds.NotStored))
        {
            Tell(new HttpCacheNotStored(method, uri, reason) { Client = _client, Time = _now() });
        }
    }

    /// <summary>A stored response was confirmed.</summary>
    public void Validated(RequestHead presented, CacheStatus status)
    {
        if (Want(HttpCacheEventKinds.Validated))
        {
            Tell(new HttpCacheValidated(presented.Method, presented.TargetUri, status) { Client = _client, Time = _now() });
        }
    }

    /// <summary>A response was evicted.</summary>
    public void Evicted(string? uri, long bytes, string? tier) => Tell(new HttpCacheEvicted(uri, bytes, tier) { Client = _client, Time = _now() });

    /// <summary>Responses were invalidated.</summary>
    public void Invalidated(HttpCacheInvalidationScope scope, string? value)
    {
        if (Want(HttpCacheEventKinds.Invalidated))
        {
            Tell(new HttpCacheInvalidated(scope, value) { Client = _client, Time = _now() });
        }
    }

    /// <summary>A call of the store failed.</summary>
    public void StoreFault(string operation, Exception exception)
    {
        if (Want(HttpCacheEventKinds.StoreFault))
        {
            Tell(new HttpCacheStoreFault(operation, exception) { Client = _client, Time = _now() });
        }
    }

    /// <summary>Takes no more events, and gives the observers a moment for those that wait. A program that ends after this has told them.</summary>
    public void Dispose()
    {
        foreach (var queue in _queues)
        {
            queue.Close();
        }

        WhenEmptied.Wait(Patience);
    }

    private static HttpCacheEventKinds KindsOf(IHttpCacheObserver observer, ILogger logger)
    {
        try
        {
            return observer.Kinds & HttpCacheEventKinds.All;
        }
        catch (Exception exception)
        {
            Log.RuleFailed(logger, exception, $"The observer {observer.GetType().Name}", "it is told nothing");
            return HttpCacheEventKinds.None;
        }
    }

    private void Tell(HttpCacheEvent cacheEvent)
    {
        foreach (var queue in _queues)
        {
            if ((queue.Kinds & cacheEvent.Kind) != 0)
            {
                queue.Add(cacheEvent);
            }
        }
    }
}
