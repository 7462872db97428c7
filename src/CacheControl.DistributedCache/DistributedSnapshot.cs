using System.Collections.Immutable;
using HttpCaching.DistributedCache.Engines;

namespace HttpCaching.DistributedCache;

/// <summary>A record as it was read. It holds the value with small bodies, and knows the location of the others' chunks.</summary>
internal sealed class DistributedSnapshot : HttpCacheSnapshot
{
    private readonly DistributedHttpCacheStore _store;
    private readonly CacheKey _key;
    private readonly List<RecordPart> _parts;
    private EngineValue? _value;

    /// <summary>Creates a snapshot of these parts, which owns their value.</summary>
    public DistributedSnapshot(DistributedHttpCacheStore store, CacheKey key, long stamp, List<RecordPart> parts, EngineValue? value)
    {
        _store = store;
        _key = key;
        _parts = parts;
        _value = value;
        Stamp = stamp;
        Responses = [.. parts.Select(p => p.Head)];
    }

    /// <inheritdoc/>
    public override ImmutableArray<StoredResponse> Responses { get; }

    /// <inheritdoc/>
    public override long Stamp { get; }

    /// <inheritdoc/>
    public override ValueTask<StoredBody> OpenBodyAsync(StoredResponse response, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(response);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<StoredBody>(cancellationToken);
        }

        foreach (var part in _parts)
        {
            if (part.Head.BodyId == response.BodyId)
            {
                return part.Chunks is { } place
                    ? _store.OpenChunkedAsync(_key, part.Head, place, cancellationToken)
                    : _value is { } value && value.TryHold()
                        ? new ValueTask<StoredBody>(new InlineBody(value, part.Inline))
                        : ValueTask.FromException<StoredBody>(new ObjectDisposedException(nameof(DistributedSnapshot)));
            }
        }

        return ValueTask.FromException<StoredBody>(new IOException("The response is not one of this snapshot."));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => Interlocked.Exchange(ref _value, null)?.Release();
}
