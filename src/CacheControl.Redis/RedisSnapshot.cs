using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CacheControl.Model;
using CacheControl.Redis.Bodies;
using CacheControl.Redis.Records;
using CacheControl.Storage;

namespace CacheControl.Redis;

/// <summary>A record as it was read. Small bodies are in memory; larger ones are kept from expiring on the engine until it is disposed.</summary>
internal sealed class RedisSnapshot : HttpCacheSnapshot
{
    private readonly HeldPart[] _parts;
    private readonly BodyReader? _bodies;
    private readonly Action<StoredResponse>? _damaged;

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
    /// <param name="damaged">Called when a body turns out to be gone or damaged.</param>
    public RedisSnapshot(HeldPart[] parts, long stamp, BodyReader bodies, Action<StoredResponse> damaged)
    {
        _parts = parts;
        _bodies = bodies;
        _damaged = damaged;
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

        return ValueTask.FromException<StoredBody>(new IOException("The response is none of this snapshot."));
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
        void Damaged() => _damaged!(part.Head);
        if (part.Chunked is { } chunked)
        {
            return _bodies!.OpenAsync(chunked, part.Kept!, Damaged, cancellationToken);
        }

        try
        {
            return new ValueTask<StoredBody>(BodyReader.OpenInline(part.Row, part.Head.BodyId, part.Head.BodyLength));
        }
        catch (IOException exception)
        {
            Damaged();
            return ValueTask.FromException<StoredBody>(exception);
        }
    }

    /// <summary>A response with its body: in memory, or in chunks on the engine.</summary>
    internal sealed class HeldPart(StoredResponse head, RecordRow row, ChunkedBodyInfo? chunked)
    {
        public StoredResponse Head => head;

        public RecordRow Row => row;

        public ChunkedBodyInfo? Chunked => chunked;

        public KeptKeys.KeptKey? Kept { get; set; }
    }
}
