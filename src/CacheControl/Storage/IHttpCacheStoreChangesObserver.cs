namespace HttpCaching.Storage;

/// <summary>
/// Who is told of changes to a store (<see cref="IHttpCacheStoreChanges"/>). Its members are called one at a time, in the order in which things happened; they
/// return fast and don't throw.
/// </summary>
public interface IHttpCacheStoreChangesObserver
{
    /// <summary>What is stored under a URI may have changed: a response was stored, replaced, refreshed, removed or invalidated, in any scope.</summary>
    /// <param name="uri">The URI as in <see cref="CacheKey.Uri"/>.</param>
    void OnChanged(string uri);

    /// <summary>Anything may have changed: much was removed at once, or changes were missed.</summary>
    void OnEverythingChanged();

    /// <summary>From now on changes are told. What was read before may have changed unnoticed.</summary>
    void OnConnected();

    /// <summary>Changes are not told any more, and perhaps have not been for a moment.</summary>
    void OnDisconnected();
}
