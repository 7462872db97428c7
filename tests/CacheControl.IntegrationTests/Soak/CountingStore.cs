using System.Collections.Immutable;

namespace HttpCaching.IntegrationTests.Soak;

/// <summary>A store in front of another one that counts what it has given out and not got back.</summary>
internal sealed class CountingStore(IHttpCacheStore inner) : IHttpCacheStore
{
    private int _snapshots;
    private int _bodies;
    private int _writers;

    /// <summary>Snapshots, bodies and writers that are out now.</summary>
    public (int Snapshots, int Bodies, int Writers) Open => (Volatile.Read(ref _snapshots), Volatile.Read(ref _bodies), Volatile.Read(ref _writers));

    public async ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken) =>
        new Snapshot(this, await inner.ReadAsync(key, cancellationToken));

    public async ValueTask<HttpCacheWriter?> BeginWriteAsync(CacheKey key, long? expectedLength, CancellationToken cancellationToken) =>
        await inner.BeginWriteAsync(key, expectedLength, cancellationToken) is { } writer ? new Writer(this, writer) : null;

    public ValueTask<bool> ReplaceHeadAsync(CacheKey key, long generation, StoredResponse head, long stamp, TimeSpan retention, CancellationToken cancellationToken) =>
        inner.ReplaceHeadAsync(key, generation, head, stamp, retention, cancellationToken);

    public ValueTask RemoveAsync(CacheKey key, long generation, CancellationToken cancellationToken) => inner.RemoveAsync(key, generation, cancellationToken);

    public ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken) => inner.InvalidateAsync(uri, cancellationToken);

    private sealed class Snapshot : HttpCacheSnapshot
    {
        private readonly CountingStore _store;
        private readonly HttpCacheSnapshot _inner;
        private int _isDisposed;

        public Snapshot(CountingStore store, HttpCacheSnapshot inner)
        {
            (_store, _inner) = (store, inner);
            Interlocked.Increment(ref store._snapshots);
        }

        public override ImmutableArray<StoredResponse> Responses => _inner.Responses;

        public override long Stamp => _inner.Stamp;

        public override async ValueTask<StoredBody> OpenBodyAsync(StoredResponse response, CancellationToken cancellationToken) =>
            new Body(_store, await _inner.OpenBodyAsync(response, cancellationToken));

        protected override void Dispose(bool disposing)
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            {
                _inner.Dispose();
                Interlocked.Decrement(ref _store._snapshots);
            }
        }
    }

    private sealed class Body : StoredBody
    {
        private readonly CountingStore _store;
        private readonly StoredBody _inner;
        private int _isDisposed;

        public Body(CountingStore store, StoredBody inner)
        {
            (_store, _inner) = (store, inner);
            Interlocked.Increment(ref store._bodies);
        }

        public override long Length => _inner.Length;

        public override ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken) => _inner.ReadAsync(offset, buffer, cancellationToken);

        public override int Read(long offset, Span<byte> buffer) => _inner.Read(offset, buffer);

        public override bool TryGetMemory(long offset, out ReadOnlyMemory<byte> segment) => _inner.TryGetMemory(offset, out segment);

        protected override void Dispose(bool disposing)
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            {
                _inner.Dispose();
                Interlocked.Decrement(ref _store._bodies);
            }
        }
    }

    private sealed class Writer : HttpCacheWriter
    {
        private readonly CountingStore _store;
        private readonly HttpCacheWriter _inner;
        private int _isDisposed;

        public Writer(CountingStore store, HttpCacheWriter inner)
        {
            (_store, _inner) = (store, inner);
            Interlocked.Increment(ref store._writers);
        }

        public override ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => _inner.WriteAsync(data, cancellationToken);

        public override ValueTask<bool> CommitAsync(StoreCommit commit, CancellationToken cancellationToken) => _inner.CommitAsync(commit, cancellationToken);

        public override StoredBody? OpenWritten() => _inner.OpenWritten() is { } view ? new Body(_store, view) : null;

        protected override void Dispose(bool disposing)
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            {
                _inner.Dispose();
                Interlocked.Decrement(ref _store._writers);
            }
        }
    }
}
