namespace HttpCaching.Storage;

/// <summary>
/// Receives the changes of a store (<see cref="IHttpCacheStoreChanges"/>). The store calls the members one at a time, in the order of the events. They must
/// return fast and must not throw.
/// </summary>
public interface IHttpCacheStoreChangesObserver
{
    /// <summary>The stored responses of a URI may have changed: one was stored, replaced, refreshed, removed or invalidated, in any scope.</summary>
    /// <param name="uri">The URI as in <see cref="CacheKey.Uri"/>.</param>
    void OnChanged(string uri);

    /// <summary>Any stored response may have changed: many were removed together, or changes were missed.</summary>
    void OnEverythingChanged();

    /// <summary>From now on the store tells changes. Responses that were read before may have changed unnoticed.</summary>
    void OnConnected();

    /// <summary>The store no longer tells changes. It may have stopped a moment before.</summary>
    void OnDisconnected();
}
