namespace HttpCaching.Tests.Storage;

/// <summary>A store that passes every call on: what a test's own store does otherwise is all that it has to say.</summary>
internal abstract class PassingStore(IHttpCacheStore inner) : IHttpCacheStore
{
    public virtual ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken) => inner.ReadAsync(key, cancellationToken);

    public virtual ValueTask<HttpCacheSnapshot> PeekAsync(CacheKey key, CancellationToken cancellationToken) => inner.PeekAsync(key, cancellationToken);

    public virtual ValueTask<HttpCacheWriter?> BeginWriteAsync(CacheKey key, long? expectedLength, CancellationToken cancellationToken) =>
        inner.BeginWriteAsync(key, expectedLength, cancellationToken);

    public virtual ValueTask<bool> ReplaceHeadAsync(CacheKey key, long generation, StoredResponse head, long stamp, TimeSpan retention, CancellationToken cancellationToken) =>
        inner.ReplaceHeadAsync(key, generation, head, stamp, retention, cancellationToken);

    public virtual ValueTask RemoveAsync(CacheKey key, long generation, CancellationToken cancellationToken) => inner.RemoveAsync(key, generation, cancellationToken);

    public virtual ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken) => inner.InvalidateAsync(uri, cancellationToken);
}
