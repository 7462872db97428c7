namespace HttpCaching.Tests.Watching;

/// <summary>A store that fails.</summary>
internal sealed class BrokenStore : IHttpCacheStore
{
    public ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken) => throw new IOException("no disk");

    public ValueTask<HttpCacheWriter?> BeginWriteAsync(CacheKey key, long? expectedLength, CancellationToken cancellationToken) => throw new IOException("no disk");

    public ValueTask<bool> ReplaceHeadAsync(CacheKey key, long generation, StoredResponse head, long stamp, TimeSpan retention, CancellationToken cancellationToken) => throw new IOException("no disk");

    public ValueTask RemoveAsync(CacheKey key, long generation, CancellationToken cancellationToken) => throw new IOException("no disk");

    public ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken) => throw new IOException("no disk");
}
