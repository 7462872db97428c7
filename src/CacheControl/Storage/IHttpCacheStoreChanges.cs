namespace HttpCaching.Storage;

/// <summary>
/// Tells observers of changes to a store that several processes share, no matter which process makes them. Optional: with it, a first tier may
/// answer for the store longer without asking. See <see cref="TieredHttpCacheStore"/>.
/// </summary>
/// <remarks>
/// Between <see cref="IHttpCacheStoreChangesObserver.OnConnected"/> and <see cref="IHttpCacheStoreChangesObserver.OnDisconnected"/> the store tells every change soon after
/// it becomes visible, also to the process that made it. If the store notices that it has missed changes, it calls
/// <see cref="IHttpCacheStoreChangesObserver.OnEverythingChanged"/>. It may tell more changes than happened. No request ever waits for it.
/// </remarks>
public interface IHttpCacheStoreChanges
{
    /// <summary>Subscribes an observer. Returns without a wait. Does not throw if the engine is unreachable: the store connects, and connects again, in the background.</summary>
    /// <param name="observer">The observer. The store refers to it until the subscription is disposed.</param>
    /// <returns>The subscription. Dispose it to end the calls; a running call may still end afterwards.</returns>
    IDisposable Subscribe(IHttpCacheStoreChangesObserver observer);
}
