using System.Buffers;
using System.Net;
using HttpCaching.Http;

namespace HttpCaching.Control.Flights;

/// <summary>
/// One caller's content over a shared body. Like content from the network it can be read once, from beginning to end. Leaves the body when it is
/// disposed or read to its end: many callers never dispose a response.
/// </summary>
internal sealed class SharedContent : ForwardContent
{
    private const int BufferBytes = 64 * 1024;

    private readonly SharedBody _body;
    private long _position;
    private byte _hasLeft;
    private CancellationTokenSource? _leaving;
    private byte _isClaimed;
    private bool _isAtEnd;

    /// <summary>Takes one of the places among the body's readers.</summary>
    /// <param name="body">The body.</param>
    /// <param name="isFirst">Whether it is for the leader's caller: then the header lines from the network are copied unchanged.</param>
    public SharedContent(SharedBody body, bool isFirst)
    {
        _body = body;
        IsFirst = isFirst;
        if (isFirst)
        {
            RawHeaders.Copy(body.Upstream.Headers, Headers);
        }
    }

    /// <summary>Whether it belongs to the leader's caller.</summary>
    internal bool IsFirst { get; }

    /// <summary>Whether the reader has left, or is about to.</summary>
    internal bool HasLeft => Volatile.Read(ref _hasLeft) != 0;

    internal async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (!CanRead(buffer.Length))
        {
            return 0;
        }

        var count = await _body.ReadAsync(_position, buffer, isOurs: false, this, cancellationToken).ConfigureAwait(false);
        return Took(count);
    }

    internal int Read(Memory<byte> buffer) =>
        CanRead(buffer.Length) ? Took(ReadBlocking(buffer)) : 0;

    /// <summary>Ends the reading.</summary>
    internal void Leave()
    {
        if (Interlocked.Exchange(ref _hasLeft, (byte)1) == 0)
        {
            // A blocking read of this content ends here, even if other readers continue.
            ReadEndings.End(Volatile.Read(ref _leaving));
            _body.Leave();
        }
    }

    /// <summary>Ends the wait of a read of this content that blocks.</summary>
    internal CancellationToken WhenLeft()
    {
        var leaving = _leaving ?? Interlocked.CompareExchange(ref _leaving, new CancellationTokenSource(), null) ?? _leaving;
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _hasLeft) != 0, this);
        return leaving.Token;
    }

    private int ReadBlocking(Memory<byte> buffer)
    {
        try
        {
            return _body.Read(_position, buffer, this);
        }
        catch (OperationCanceledException) when (_leaving is { IsCancellationRequested: true })
        {
            throw new ObjectDisposedException(nameof(SharedContent));
        }
    }

    /// <summary>Writes the rest to a stream; afterwards the content counts as read.</summary>
    internal async Task WriteToAsync(Stream destination, CancellationToken cancellationToken)
    {
        // Not given back after a failure: an abandoned read from the network may still be filling it.
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize());
        try
        {
            while (CanRead(buffer.Length))
            {
                var count = await _body.ReadAsync(_position, buffer, isOurs: true, this, cancellationToken).ConfigureAwait(false);
                if (Took(count) == 0)
                {
                    break;
                }

                await destination.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            Leave();
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>Writes the rest to a stream, blocking; afterwards the content counts as read.</summary>
    internal void WriteTo(Stream destination, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize());
        try
        {
            while (CanRead(buffer.Length))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var count = Took(ReadBlocking(buffer));
                if (count == 0)
                {
                    break;
                }

                destination.Write(buffer.AsSpan(0, count));
            }
        }
        finally
        {
            Leave();
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        // For the first caller the answer is as good as without the cache.
        var known = IsFirst ? _body.Upstream.Headers.ContentLength : _body.Length;
        length = known ?? 0;
        return known is not null;
    }

    /// <inheritdoc/>
    protected override Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) => Task.FromResult<Stream>(OpenStream());

    /// <inheritdoc/>
    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => OpenStream();

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Claim();
        return WriteToAsync(stream, cancellationToken);
    }

    /// <inheritdoc/>
    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Claim();
        WriteTo(stream, cancellationToken);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Leave();
        }

        base.Dispose(disposing);
    }

    private SharedStream OpenStream()
    {
        Claim();
        return new SharedStream(this);
    }

    private void Claim()
    {
        if (Interlocked.Exchange(ref _isClaimed, (byte)1) != 0)
        {
            throw new InvalidOperationException("The content was already read; it cannot be read again.");
        }
    }

    // A small body fits with a byte to spare, so that one more read meets the end.
    private int BufferSize() => _body.Length is { } length and < BufferBytes ? (int)length + 1 : BufferBytes;

    private bool CanRead(int wanted)
    {
        if (Volatile.Read(ref _hasLeft) == 0)
        {
            return wanted > 0;
        }

        // After an early leave, there is no end to report.
        return _isAtEnd ? false : throw new ObjectDisposedException(nameof(SharedContent));
    }

    private int Took(int count)
    {
        _position += count;
        if (count == 0)
        {
            _isAtEnd = true;
            Leave();
        }

        return count;
    }
}
