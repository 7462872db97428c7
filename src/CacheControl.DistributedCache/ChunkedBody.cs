using HttpCaching.DistributedCache.Engines;

namespace HttpCaching.DistributedCache;

/// <summary>A body in chunks. It keeps the last chunk in memory.</summary>
internal sealed class ChunkedBody : StoredBody
{
    private readonly Engine _engine;
    private readonly KeyNames _names;
    private readonly ChunkedPlace _place;
    private readonly Func<ValueTask> _lost;
    private readonly Lock _lock = new();
    private Chunk? _current;
    private bool _isDisposed;

    private ChunkedBody(Engine engine, KeyNames names, ChunkedPlace place, long length, Func<ValueTask> lost)
    {
        _engine = engine;
        _names = names;
        _place = place;
        _lost = lost;
        Length = length;
    }

    /// <inheritdoc/>
    public override long Length { get; }

    /// <summary>Opens a body and reads its first chunk, so that a missing one is a miss.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="names">The keys in it.</param>
    /// <param name="place">The location of the body.</param>
    /// <param name="head">The head that it belongs to.</param>
    /// <param name="lost">Called when a chunk is gone or damaged: removes the response.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="IOException">The chunk is gone or damaged.</exception>
    public static async ValueTask<StoredBody> OpenAsync(
        Engine engine, KeyNames names, ChunkedPlace place, StoredResponse head, Func<ValueTask> lost, CancellationToken cancellationToken)
    {
        var body = new ChunkedBody(engine, names, place, head.BodyLength, lost);
        (await body.GetChunkAsync(0, cancellationToken).ConfigureAwait(false)).Release();
        return body;
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (IsNothingToRead(offset, buffer.Length))
        {
            return 0;
        }

        var index = (int)(offset / _place.ChunkBytes);
        var value = await GetChunkAsync(index, cancellationToken).ConfigureAwait(false);
        try
        {
            return Copy(value, offset, buffer.Span);
        }
        finally
        {
            value.Release();
        }
    }

    /// <inheritdoc/>
    /// <remarks>Blocks during the request for a chunk: only blocking callers call it.</remarks>
    public override int Read(long offset, Span<byte> buffer)
    {
        if (IsNothingToRead(offset, buffer.Length))
        {
            return 0;
        }

        var index = (int)(offset / _place.ChunkBytes);
        var value = FindChunk(index) ?? GetChunk(index);
        try
        {
            return Copy(value, offset, buffer);
        }
        finally
        {
            value.Release();
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        lock (_lock)
        {
            _isDisposed = true;
            _current?.Value.Release();
            _current = null;
        }
    }

    private bool IsNothingToRead(long offset, int wanted)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed), this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length);
        return offset == Length || wanted == 0;
    }

    private int Copy(EngineValue value, long offset, Span<byte> buffer)
    {
        var content = value.Memory.Span[ChunkFormat.HeaderBytes..][(int)(offset % _place.ChunkBytes)..];
        var count = Math.Min(buffer.Length, content.Length);
        content[..count].CopyTo(buffer);
        return count;
    }

    private int ContentBytes(int index) => (int)Math.Min(_place.ChunkBytes, Length - ((long)index * _place.ChunkBytes));

    /// <summary>The chunk if it is in memory; the caller releases it.</summary>
    private EngineValue? FindChunk(int index)
    {
        lock (_lock)
        {
            return _current is { } chunk && chunk.Index == index && chunk.Value.TryHold() ? chunk.Value : null;
        }
    }

    /// <summary>The chunk for a caller that blocks; the caller releases it.</summary>
    private EngineValue GetChunk(int index)
    {
        var getting = GetChunkAsync(index, CancellationToken.None).AsTask();
        return getting.IsCompleted || !StoreWait.IsBlocking
            ? getting.GetAwaiter().GetResult()
            : throw new IOException("A part of the stored body can't be read.", new TimeoutException());
    }

    /// <summary>The chunk; the caller releases it.</summary>
    private async ValueTask<EngineValue> GetChunkAsync(int index, CancellationToken cancellationToken)
    {
        if (FindChunk(index) is { } found)
        {
            return found;
        }

        var bytes = ChunkFormat.HeaderBytes + ContentBytes(index);
        EngineValue? value = null;
        Exception? cause = null;
        try
        {
            value = await _engine.GetAsync(_names.OfChunk(_place.Name, index), bytes, bytes, cancellationToken).ConfigureAwait(false);
        }
        catch (ValueTooLongException exception)
        {
            cause = exception;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // The engine fails, which says nothing about the chunk.
            throw new IOException("A part of the stored body can't be read.", exception);
        }

        if (value is null || !ChunkFormat.IsChunk(value.Memory.Span, _place.Name, index, ContentBytes(index)))
        {
            value?.Release();
            await _lost().ConfigureAwait(false);
            throw new IOException("A part of the stored body is gone or damaged.", cause);
        }

        Keep(index, value);
        return value;
    }

    private void Keep(int index, EngineValue value)
    {
        lock (_lock)
        {
            if (!_isDisposed && value.TryHold())
            {
                _current?.Value.Release();
                _current = new Chunk(index, value);
            }
        }
    }

    private sealed record Chunk(int Index, EngineValue Value);
}
