using HttpCaching.Redis.Backplane;
using HttpCaching.Redis.Flights;

namespace HttpCaching;

/// <content>The cooperation of several processes over the engine.</content>
public sealed partial class RedisHttpCacheStore : IHttpCacheStoreChanges, IHttpCacheFlights
{
    private readonly ChangeFeed _feed;
    private readonly RedisFlights _flights;

    /// <inheritdoc/>
    /// <remarks>
    /// Uses pub/sub, on a channel named by the prefix: set <see cref="RedisHttpCacheStoreOptions.TellChanges"/> in all stores with one prefix. The store tells of a broken
    /// connection immediately. It notices a silent connection, or lost messages, within about three seconds.
    /// </remarks>
    public IDisposable Subscribe(IHttpCacheStoreChangesObserver observer) => _feed.Subscribe(observer);

    /// <inheritdoc/>
    /// <remarks>If a process dies, its lead is free for others after three seconds at most.</remarks>
    public ValueTask<HttpCacheFlight> EnterAsync(string name, CancellationToken cancellationToken) => _flights.EnterAsync(name, cancellationToken);
}
