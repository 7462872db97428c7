using HttpCaching.Tests.Storage;

namespace HttpCaching.Tests.Collapsing;

/// <summary>A store that won't begin to write under one URI until it is let go.</summary>
internal sealed class HangingStore(MemoryHttpCacheStore inner, string uri) : PassingStore(inner), IDisposable
{
    private readonly TaskCompletionSource _hanging = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _letGo = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Hanging => _hanging.Task;

    public void LetGo() => _letGo.TrySetResult();

    public override async ValueTask<HttpCacheWriter?> BeginWriteAsync(CacheKey key, long? expectedLength, CancellationToken cancellationToken)
    {
        if (key.Uri == uri)
        {
            _hanging.TrySetResult();
            await _letGo.Task;
        }

        return await base.BeginWriteAsync(key, expectedLength, cancellationToken);
    }

    public void Dispose()
    {
        LetGo();
        inner.Dispose();
    }
}
