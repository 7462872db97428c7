using System.Collections.Immutable;
using System.Runtime.InteropServices;
using HttpCaching.Redis.Bodies;
using HttpCaching.Redis.Records;

namespace HttpCaching.Redis;

/// <summary>A record as it was read. It holds small bodies in memory, and keeps larger ones from expiring on the engine until it is disposed.</summary>
internal sealed class RedisSnapshot : HttpCacheSnapshot
{
    private readonly HeldPart[] _parts;
    private readonly BodyReader? _bodies;
    private readonly RedisHttpCacheStore? _store;
    private readonly CacheKey _key;

    /// <summary>A snapshot without responses.</summary>
    /// <param name="stamp">The mark.</param>
    public RedisSnapshot(long stamp)
    {
        _parts = [];
        Stamp = stamp;
        Responses = [];
    }

    /// <summary>A snapshot of these parts.</summary>
    /// <param name="parts">The responses.</param>
    /// <param name="stamp">The mark.</param>
    /// <param name="bodies">Opens bodies.</param>
    /// <param name="store">Notified when a body is gone or damaged.</param>
    /// <param name="key">The key that was read.</param>
    public RedisSnapshot(HeldPart[] parts, long stamp, BodyReader bodies, RedisHttpCacheStore store, CacheKey key)
    {
        _parts = parts;
        _bodies = bodies;
        _store = store;
        _key = key;
        Stamp = stamp;
        var heads = new StoredResponse[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            heads[i] = parts[i].Head;
            if (parts[i].Chunked is { } chunked)
            {
                parts[i].Kept = bodies.Keep(chunked);
            }
        }

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

        foreach (var part in _parts)
        {
            if (part.Head.BodyId == response.BodyId)
            {
                return Open(part, cancellationToken);
            }
        }

        return ValueTask.FromException<StoredBody>(new IOException("The response is not one of this snapshot."));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (var part in _parts)
        {
            part.Kept?.Dispose();
        }
    }

    private ValueTask<StoredBody> Open(HeldPart part, CancellationToken cancellationToken)
    {
        if (part.Chunked is not null)
        {
            return OpenChunked(part, cancellationToken);
        }

        try
        {
            return new ValueTask<StoredBody>(BodyReader.OpenInline(part.Row, part.Head.BodyId, part.Head.BodyLength));
        }
        catch (IOException exception)
        {
            _store!.RemoveLater(_key, part.Head);
            return ValueTask.FromException<StoredBody>(exception);
        }
    }

    private ValueTask<StoredBody> OpenChunked(HeldPart part, CancellationToken cancellationToken) =>
        _bodies!.OpenAsync(part.Chunked!, part.Kept!, () => _store!.RemoveLater(_key, part.Head), cancellationToken);

    /// <summary>A response with its body: in memory, or in chunks on the engine.</summary>
    internal sealed class HeldPart(StoredResponse head, RecordRow row, ChunkedBodyInfo? chunked)
    {
        public StoredResponse Head => head;

        public RecordRow Row => row;

        public ChunkedBodyInfo? Chunked => chunked;

        public KeptKeys.KeptKey? Kept { get; set; }
    }
}
