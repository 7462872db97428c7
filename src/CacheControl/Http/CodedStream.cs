namespace CacheControl.Http;

/// <summary>
/// The coded bytes on their way into a decoder. Decoders of the platform take the end of their input for the end of the data, wherever
/// it comes; this stream knows better, because a decoder that has met the real end asks for no more bytes. Only gzip's asks once more, for a
/// next member: it is given a byte that can't begin one. Whoever still asks then was cut short.
/// </summary>
/// <param name="inner">The coded bytes; disposed with this stream.</param>
/// <param name="mayContinue">Whether the coding allows for another member after the end of the data, as gzip does.</param>
internal sealed class CodedStream(Stream inner, bool mayContinue) : Stream
{
    private readonly byte[] _peeked = new byte[1];
    private bool _hasPeeked;
    private bool _isEmpty = true;
    private bool _hasOfferedEnd;

    /// <inheritdoc/>
    public override bool CanRead => inner.CanRead;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The first byte, which the next read gives again, or -1 if there is none.</summary>
    public int Peek() => Peeked(inner.Read(_peeked, 0, 1));

    /// <summary>The first byte, which the next read gives again, or -1 if there is none.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<int> PeekAsync(CancellationToken cancellationToken) =>
        Peeked(await inner.ReadAsync(_peeked, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer) =>
        buffer.IsEmpty ? 0 : TakePeeked(buffer) ? 1 : Took(inner.Read(buffer), buffer);

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        return TakePeeked(buffer.Span) ? 1 : Took(await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false), buffer.Span);
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Peeked(int count)
    {
        _hasPeeked = count > 0;
        return _hasPeeked ? _peeked[0] : -1;
    }

    private bool TakePeeked(Span<byte> buffer)
    {
        if (!_hasPeeked)
        {
            return false;
        }

        _hasPeeked = false;
        _isEmpty = false;
        buffer[0] = _peeked[0];
        return true;
    }

    private int Took(int count, Span<byte> buffer)
    {
        if (count > 0 || _isEmpty)
        {
            _isEmpty &= count == 0;
            return count;
        }

        if (!mayContinue || _hasOfferedEnd)
        {
            throw new HttpIOException(HttpRequestError.ResponseEnded, "The compressed body ended before its data was complete.");
        }

        _hasOfferedEnd = true;
        buffer[0] = 0;
        return 1;
    }
}
