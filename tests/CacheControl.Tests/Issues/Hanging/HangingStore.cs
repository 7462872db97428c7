using System.Collections.Immutable;
using HttpCaching.StoreContract;

namespace HttpCaching.Tests.Issues.Hanging;

/// <summary>A store that hangs on one kind of call from the moment that it is told to, until it may go on.</summary>
internal sealed class HangingStore(IHttpCacheStore inner) : IHttpCacheStore
{
    private readonly TaskCompletionSource _called = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private StoreCall? _hanging;

    /// <summary>Ends when the call has come.</summary>
    public Task WhenCalled => _called.Task.WaitAsync(TimeSpan.FromSeconds(60));

    public void Hang(StoreCall call) => _hanging = call;

    public void GoOn() => _goOn.TrySetResult();

    public async ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken)
    {
        await EnterAsync(StoreCall.Read);
        return new Snapshot(this, await inner.ReadAsync(key, cancellationToken));
    }

    public async ValueTask<HttpCacheWriter?> BeginWriteAsync(CacheKey key, long? expectedLength, CancellationToken cancellationToken)
    {
        await EnterAsync(StoreCall.BeginWrite);
        return await inner.BeginWriteAsync(key, expectedLength, cancellationToken) is { } writer ? new Writer(this, writer) : null;
    }

    public async ValueTask<bool> ReplaceHeadAsync(
        CacheKey key, long generation, StoredResponse head, long stamp, TimeSpan retention, CancellationToken cancellationToken)
    {
        await EnterAsync(StoreCall.ReplaceHead);
        return await inner.ReplaceHeadAsync(key, generation, head, stamp, retention, cancellationToken);
    }

    public async ValueTask RemoveAsync(CacheKey key, long generation, CancellationToken cancellationToken)
    {
        await EnterAsync(StoreCall.Remove);
        await inner.RemoveAsync(key, generation, cancellationToken);
    }

    public async ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken)
    {
        await EnterAsync(StoreCall.Invalidate);
        await inner.InvalidateAsync(uri, cancellationToken);
    }

    private Task EnterAsync(StoreCall call)
    {
        if (_hanging != call)
        {
            return Task.CompletedTask;
        }

        _called.TrySetResult();
        return _goOn.Task;
    }

    private sealed class Snapshot(HangingStore store, HttpCacheSnapshot inner) : HttpCacheSnapshot
    {
        public override ImmutableArray<StoredResponse> Responses => inner.Responses;

        public override long Stamp => inner.Stamp;

        public override async ValueTask<StoredBody> OpenBodyAsync(StoredResponse response, CancellationToken cancellationToken)
        {
            await store.EnterAsync(StoreCall.OpenBody);
            return new Body(store, await inner.OpenBodyAsync(response, cancellationToken));
        }

        protected override void Dispose(bool disposing) => inner.Dispose();
    }

    private sealed class Body(HangingStore store, StoredBody inner) : StoredBody
    {
        public override long Length => inner.Length;

        public override async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
        {
            await store.EnterAsync(StoreCall.ReadBody);
            return await inner.ReadAsync(offset, buffer, cancellationToken);
        }

        public override int Read(long offset, Span<byte> buffer)
        {
            store.EnterAsync(StoreCall.ReadBody).Wait();
            return inner.Read(offset, buffer);
        }

        protected override void Dispose(bool disposing) => inner.Dispose();
    }

    private sealed class Writer(HangingStore store, HttpCacheWriter inner) : HttpCacheWriter
    {
        public override async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
        {
            await store.EnterAsync(StoreCall.Write);
            return await inner.WriteAsync(data, cancellationToken);
        }

        public override async ValueTask<bool> CommitAsync(StoreCommit commit, CancellationToken cancellationToken)
        {
            await store.EnterAsync(StoreCall.Commit);
            return await inner.CommitAsync(commit, cancellationToken);
        }

        protected override void Dispose(bool disposing) => inner.Dispose();
    }
}
