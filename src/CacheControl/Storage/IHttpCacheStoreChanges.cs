namespace HttpCaching.Storage;

/// <summary>
/// What a store that several processes share can tell about changes to it, whoever makes them. Optional: with it, what stands in front of the store may
/// answer for it longer than it could otherwise. See <see cref="TieredHttpCacheStore"/>.
/// </summary>
/// <remarks>
/// From <see cref="IHttpCacheStoreChangesObserver.OnConnected"/> to <see cref="IHttpCacheStoreChangesObserver.OnDisconnected"/> every change that becomes
/// visible in the store is told, soon after it: by the observer's own process, too. A store that finds out that it has missed some says so by
/// <see cref="IHttpCacheStoreChangesObserver.OnEverythingChanged"/>. More may be told than has changed, and never is a request made to wait for it.
/// </remarks>
public interface IHttpCacheStoreChanges
{
    /// <summary>Begins to tell an observer. Returns at once and doesn't throw for an engine that can't be reached: connections are made, and made again, in the background.</summary>
    /// <param name="observer">Who is told. Held until the subscription is disposed.</param>
    /// <returns>Ends the telling when it is disposed; a call that is under way may still end afterwards.</returns>
    IDisposable Subscribe(IHttpCacheStoreChangesObserver observer);
}
