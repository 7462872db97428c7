using System.Collections.Immutable;
using System.Runtime.InteropServices;
using HttpCaching.Redis.Bodies;
using HttpCaching.Redis.Records;
using StackExchange.Redis;

namespace HttpCaching.Redis;

/// <summary>
/// A record as it was read. It has small bodies in memory of a pool, and keeps larger ones from expiring on the engine until it is disposed. The memory is given back after that, when
/// the last body in it has been disposed too. If one never is, the collector takes it.
/// </summary>
internal sealed class RedisSnapshot : HttpCacheSnapshot
{
    private readonly Lease<byte>? _record;
    private readonly RedisHttpCacheStore? _store;
    private readonly CacheKey _key;

    // The bodies in the order of the heads; null if there is one only, and it is in the record: so it is with most look-ups.
    private readonly HeldBody[]? _bodies;
    private readonly RecordSlice _only;
    private HolderCount _holders;
    private int _isDisposed;

    /// <summary>A snapshot without responses.</summary>
    /// <param name="stamp">The mark.</param>
    public RedisSnapshot(long stamp)
    {
        Stamp = stamp;
        Responses = [];
    }

    /// <summary>A snapshot of one response, whose body is in the record.</summary>
    /// <param name="record">The bytes of the record, which the snapshot gives back.</param>
    /// <param name="head">The response.</param>
    /// <param name="body">Its body.</param>
    /// <param name="stamp">The mark.</param>
    /// <param name="store">Notified when a body is gone or damaged.</param>
    /// <param name="key">The key that was read.</param>
    public RedisSnapshot(Lease<byte> record, StoredResponse head, RecordSlice body, long stamp, RedisHttpCacheStore store, CacheKey key)
        : this(record, [head], stamp, store, key) => _only = body;

    /// <summary>A snapshot of these responses.</summary>
    /// <param name="record">The bytes of the record, which the snapshot gives back.</param>
    /// <param name="heads">The responses.</param>
    /// <param name="bodies">Their bodies.</param>
    /// <param name="stamp">The mark.</param>
    /// <param name="store">Notified when a body is gone or damaged.</param>
    /// <param name="key">The key that was read.</param>
    public RedisSnapshot(Lease<byte> record, StoredResponse[] heads, HeldBody[] bodies, long stamp, RedisHttpCacheStore store, CacheKey key)
        : this(record, heads, stamp, store, key)
    {
        _bodies = bodies;
        foreach (ref var body in bodies.AsSpan())
        {
            if (body.Chunked is { } chunked)
            {
                body = body with { Kept = store.Bodies.Keep(chunked) };
            }
        }
    }

    private RedisSnapshot(Lease<byte> record, StoredResponse[] heads, long stamp, RedisHttpCacheStore store, CacheKey key)
    {
        _record = record;
        _store = store;
        _key = key;
        Stamp = stamp;
        Responses = ImmutableCollectionsMarshal.AsImmutableArray(heads);
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

        for (var i = 0; i < Responses.Length; i++)
        {
            if (Responses[i].BodyId == response.BodyId)
            {
                return _bodies is null ? OpenInline(Responses[i], _only)
                    : _bodies[i] is { Chunked: { } chunked, Kept: { } kept } ? OpenChunked(Responses[i], chunked, kept, cancellationToken)
                    : OpenInline(Responses[i], _bodies[i].Inline);
            }
        }

        return ValueTask.FromException<StoredBody>(new IOException("The response is not one of this snapshot."));
    }

    /// <summary>Bytes of the record. Only for a holder.</summary>
    internal ReadOnlyMemory<byte> BytesOf(RecordSlice slice) => _record!.Memory.Slice(slice.Start, slice.Length);

    /// <summary>Ends a hold on the bytes of the record. Each holder calls it once.</summary>
    internal void Release()
    {
        if (_holders.Remove())
        {
            _record?.Dispose();
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        foreach (var body in _bodies ?? [])
        {
            body.Kept?.Dispose();
        }

        Release();
    }

    private ValueTask<StoredBody> OpenInline(StoredResponse head, RecordSlice sealedBody)
    {
        ObjectDisposedException.ThrowIf(!_holders.TryAdd(), this);
        if (sealedBody.Length == head.BodyLength + ChunkFormat.ChecksumBytes && ChunkFormat.IsWhole(BytesOf(sealedBody).Span, unchecked((ulong)head.BodyId), 0))
        {
            return new ValueTask<StoredBody>(new RecordBody(this, sealedBody with { Length = (int)head.BodyLength }));
        }

        Release();
        _store!.RemoveLater(_key, head);
        return ValueTask.FromException<StoredBody>(new IOException("The stored body is damaged."));
    }

    private ValueTask<StoredBody> OpenChunked(StoredResponse head, ChunkedBodyInfo chunked, KeptKeys.KeptKey kept, CancellationToken cancellationToken) =>
        _store!.Bodies.OpenAsync(chunked, kept, () => _store.RemoveLater(_key, head), cancellationToken);

    /// <summary>The location of a body.</summary>
    /// <param name="Inline">The body with its checksum, if it is in the record.</param>
    /// <param name="Chunked">The body, if it is in chunks on the engine.</param>
    /// <param name="Kept">Keeps a body in chunks from expiring.</param>
    internal readonly record struct HeldBody(RecordSlice Inline, ChunkedBodyInfo? Chunked, KeptKeys.KeptKey? Kept = null);
}
