using System.Collections.Immutable;
using HttpCaching.Storage;

namespace ConcurrentWriters;

/// <summary>A store that stops at a gate before and after what it is asked to do. Decorating the public seam is all it takes.</summary>
/// <param name="inner">The store that does the work.</param>
/// <param name="gate">The gate.</param>
public sealed class GatedStore(IHttpCacheStore inner, Gate gate) : IHttpCacheStore, IHttpCacheStoreMaintenance
{
    private IHttpCacheStoreMaintenance Maintenance => (IHttpCacheStoreMaintenance)inner;

    /// <inheritdoc/>
    public async ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken)
    {
        await gate.PassAsync(GatePosition.BeforeRead);
        var snapshot = await inner.ReadAsync(key, cancellationToken);
        await gate.PassAsync(GatePosition.AfterRead);
        return new GatedSnapshot(snapshot, gate);
    }

    /// <inheritdoc/>
    public ValueTask<HttpCacheWriter?> BeginWriteAsync(CacheKey key, long? expectedLength, CancellationToken cancellationToken) =>
        inner.BeginWriteAsync(key, expectedLength, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<bool> ReplaceHeadAsync(
        CacheKey key, long generation, StoredResponse head, long stamp, TimeSpan retention, CancellationToken cancellationToken)
    {
        await gate.PassAsync(GatePosition.BeforeHeadReplaced);
        var isReplaced = await inner.ReplaceHeadAsync(key, generation, head, stamp, retention, cancellationToken);
        await gate.PassAsync(GatePosition.AfterHeadReplaced);
        return isReplaced;
    }

    /// <inheritdoc/>
    public ValueTask RemoveAsync(CacheKey key, long generation, CancellationToken cancellationToken) =>
        inner.RemoveAsync(key, generation, cancellationToken);

    /// <inheritdoc/>
    public ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken) => inner.InvalidateAsync(uri, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken) => Maintenance.RemoveByTagAsync(tag, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<long> RemoveByPrefixAsync(string uriPrefix, CancellationToken cancellationToken) =>
        Maintenance.RemoveByPrefixAsync(uriPrefix, cancellationToken);

    /// <inheritdoc/>
    public ValueTask ClearAsync(CancellationToken cancellationToken) => Maintenance.ClearAsync(cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<ListedResponse> EnumerateAsync(CancellationToken cancellationToken) =>
        Maintenance.EnumerateAsync(cancellationToken);

    private sealed class GatedSnapshot(HttpCacheSnapshot inner, Gate gate) : HttpCacheSnapshot
    {
        public override ImmutableArray<StoredResponse> Responses => inner.Responses;

        public override long Stamp => inner.Stamp;

        public override async ValueTask<StoredBody> OpenBodyAsync(StoredResponse response, CancellationToken cancellationToken)
        {
            await gate.PassAsync(GatePosition.BeforePin);
            var body = await inner.OpenBodyAsync(response, cancellationToken);
            await gate.PassAsync(GatePosition.AfterPin);
            return new GatedBody(body, gate);
        }

        protected override void Dispose(bool disposing) => inner.Dispose();
    }

    private sealed class GatedBody(StoredBody inner, Gate gate) : StoredBody
    {
        public override long Length => inner.Length;

        public override async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
        {
            await gate.PassAsync(GatePosition.BeforeBodyRead);
            return await inner.ReadAsync(offset, buffer, cancellationToken);
        }

        public override int Read(long offset, Span<byte> buffer) => inner.Read(offset, buffer);

        protected override void Dispose(bool disposing) => inner.Dispose();
    }
}
