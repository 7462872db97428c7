using HttpCaching.Redis.Backplane;
using HttpCaching.Redis.Flights;

namespace HttpCaching;

/// <content>What several processes do together over the engine.</content>
public sealed partial class RedisHttpCacheStore : IHttpCacheStoreChanges, IHttpCacheFlights
{
    private readonly ChangeFeed _feed;
    private readonly RedisFlights _flights;

    /// <inheritdoc/>
    /// <remarks>
    /// Over pub/sub, on a channel named by the prefix: stores with one prefix should all have <see cref="RedisHttpCacheStoreOptions.TellChanges"/>. A broken
    /// connection is told at once; one that has died in silence, and messages that were lost, within about three seconds.
    /// </remarks>
    public IDisposable Subscribe(IHttpCacheStoreChangesObserver observer) => _feed.Subscribe(observer);

    /// <inheritdoc/>
    /// <remarks>The lead of a process that dies is free for others after three seconds at most.</remarks>
    public ValueTask<HttpCacheFlight> EnterAsync(string name, CancellationToken cancellationToken) => _flights.EnterAsync(name, cancellationToken);
}
