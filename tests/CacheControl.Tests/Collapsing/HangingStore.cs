using CacheControl.Model;
using CacheControl.Storage;

namespace CacheControl.Tests.Collapsing;

/// <summary>A store that won't begin to write under one URI until it is let go.</summary>
internal sealed class HangingStore(string uri) : IHttpCacheStore, IDisposable
{
    private readonly MemoryHttpCacheStore _inner = new();
    private readonly TaskCompletionSource _hanging = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _letGo = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Hanging => _hanging.Task;

    public void LetGo() => _letGo.TrySetResult();

    public ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken) => _inner.ReadAsync(key, cancellationToken);

    public async ValueTask<HttpCacheWriter?> BeginWriteAsync(CacheKey key, long? expectedLength, CancellationToken cancellationToken)
    {
        if (key.Uri == uri)
        {
            _hanging.TrySetResult();
            await _letGo.Task;
        }

        return await _inner.BeginWriteAsync(key, expectedLength, cancellationToken);
    }

    public ValueTask<bool> ReplaceHeadAsync(CacheKey key, long generation, StoredResponse head, TimeSpan retention, CancellationToken cancellationToken) =>
        _inner.ReplaceHeadAsync(key, generation, head, retention, cancellationToken);

    public ValueTask RemoveAsync(CacheKey key, long generation, CancellationToken cancellationToken) => _inner.RemoveAsync(key, generation, cancellationToken);

    public ValueTask InvalidateAsync(string target, CancellationToken cancellationToken) => _inner.InvalidateAsync(target, cancellationToken);

    public void Dispose()
    {
        LetGo();
        _inner.Dispose();
    }
}
