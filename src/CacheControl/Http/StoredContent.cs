using System.Buffers;
using System.Net;
using CacheControl.Storage;

namespace CacheControl.Http;

/// <summary>
/// A stored body, or a part of it, as the content of a response. Like content from the network it can be read once, from beginning to end.
/// Owns the body and the snapshot, and releases them once: when it has been disposed or read to its end (many callers never dispose a
/// response), and the last read under way has ended, so that no read sees memory that was given back.
/// </summary>
internal sealed class StoredContent : HttpContent
{
    private const int BufferSize = 64 * 1024;
    private const int Disposed = 1;
    private const int Consumed = 2;
    private const int OneUse = 4;

    private readonly HttpCacheSnapshot? _snapshot;
    private readonly StoredBody _body;
    private readonly long _offset;
    private readonly long _length;

    // The flags Disposed and Consumed, and above them the number of reads under way, plus one until a flag is set.
    private int _uses = OneUse;

    /// <summary>Takes over the snapshot and the body.</summary>
    /// <param name="snapshot">What the body was opened from; <see langword="null"/> if somebody else disposes it.</param>
    /// <param name="body">The body.</param>
    /// <param name="offset">The position of the first byte of the content in the body.</param>
    /// <param name="length">The number of bytes of the content.</param>
    public StoredContent(HttpCacheSnapshot? snapshot, StoredBody body, long offset, long length)
    {
        _snapshot = snapshot;
        _body = body;
        _offset = offset;
        _length = length;
    }

    /// <summary>The number of bytes of the content.</summary>
    internal long Length => _length;

    /// <summary>Tells that nobody will read on.</summary>
    internal void Finish() => Close(Consumed);

    /// <summary>Reads bytes at a position of the content; 0 only at its end or for an empty buffer.</summary>
    internal int Read(long position, Span<byte> buffer)
    {
        var wanted = (int)Math.Min(buffer.Length, Math.Max(0, _length - position));
        if (wanted == 0)
        {
            return AtEnd(position);
        }

        Enter();
        try
        {
            return Took(position, _body.Read(_offset + position, buffer[..wanted]));
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Reads bytes at a position of the content; 0 only at its end or for an empty buffer.</summary>
    internal ValueTask<int> ReadAsync(long position, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        var wanted = (int)Math.Min(buffer.Length, Math.Max(0, _length - position));
        if (wanted == 0)
        {
            return new ValueTask<int>(AtEnd(position));
        }

        Enter();
        ValueTask<int> read;
        try
        {
            read = _body.ReadAsync(_offset + position, buffer[..wanted], cancellationToken);
            if (read.IsCompletedSuccessfully)
            {
                var count = Took(position, read.Result);
                Leave();
                return new ValueTask<int>(count);
            }
        }
        catch
        {
            Leave();
            throw;
        }

        return AwaitAsync(position, read);
    }

    /// <summary>Writes the content from a position on; afterwards it counts as read.</summary>
    /// <returns>The position after the last byte.</returns>
    internal async Task<long> CopyToAsync(Stream destination, long position, CancellationToken cancellationToken)
    {
        if (position >= _length)
        {
            AtEnd(position);
            return position;
        }

        byte[]? buffer = null;
        Enter();
        try
        {
            while (position < _length)
            {
                if (!TryGetMemory(position, out var segment))
                {
                    buffer ??= ArrayPool<byte>.Shared.Rent(BufferSize);
                    var count = (int)Math.Min(buffer.Length, _length - position);
                    count = Took(position, await _body.ReadAsync(_offset + position, buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false));
                    segment = buffer.AsMemory(0, count);
                }

                await destination.WriteAsync(segment, cancellationToken).ConfigureAwait(false);
                position += segment.Length;
            }

            return position;
        }
        finally
        {
            Return(buffer);
            Close(Consumed);
            Leave();
        }
    }

    /// <summary>Writes the content from a position on, blocking; afterwards it counts as read.</summary>
    /// <returns>The position after the last byte.</returns>
    internal long CopyTo(Stream destination, long position, CancellationToken cancellationToken)
    {
        if (position >= _length)
        {
            AtEnd(position);
            return position;
        }

        byte[]? buffer = null;
        Enter();
        try
        {
            while (position < _length)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!TryGetMemory(position, out var segment))
                {
                    buffer ??= ArrayPool<byte>.Shared.Rent(BufferSize);
                    var count = (int)Math.Min(buffer.Length, _length - position);
                    segment = buffer.AsMemory(0, Took(position, _body.Read(_offset + position, buffer.AsSpan(0, count))));
                }

                destination.Write(segment.Span);
                position += segment.Length;
            }

            return position;
        }
        finally
        {
            Return(buffer);
            Close(Consumed);
            Leave();
        }
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = _length;
        return true;
    }

    /// <inheritdoc/>
    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(new StoredBodyStream(this));

    /// <inheritdoc/>
    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => new StoredBodyStream(this);

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        CopyToAsync(stream, 0, CancellationToken.None);

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        CopyToAsync(stream, 0, cancellationToken);

    /// <inheritdoc/>
    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        CopyTo(stream, 0, cancellationToken);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            Close(Disposed);
        }
    }

    private static void Return(byte[]? buffer)
    {
        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask<int> AwaitAsync(long position, ValueTask<int> read)
    {
        try
        {
            return Took(position, await read.ConfigureAwait(false));
        }
        finally
        {
            Leave();
        }
    }

    private int AtEnd(long position)
    {
        ObjectDisposedException.ThrowIf((Volatile.Read(ref _uses) & Disposed) != 0, this);
        if (position >= _length)
        {
            Close(Consumed);
        }

        return 0;
    }

    private int Took(long position, int count)
    {
        if (count <= 0)
        {
            throw new IOException("The stored body is shorter than its recorded length.");
        }

        if (position + count == _length)
        {
            Close(Consumed);
        }

        return count;
    }

    private bool TryGetMemory(long position, out ReadOnlyMemory<byte> segment)
    {
        if (!_body.TryGetMemory(_offset + position, out segment) || segment.IsEmpty)
        {
            return false;
        }

        segment = segment[..(int)Math.Min(segment.Length, _length - position)];
        return true;
    }

    private void Enter()
    {
        var uses = Volatile.Read(ref _uses);
        while (true)
        {
            ObjectDisposedException.ThrowIf((uses & Disposed) != 0, this);
            if ((uses & Consumed) != 0)
            {
                throw new InvalidOperationException("The content was already read; it cannot be read again.");
            }

            var seen = Interlocked.CompareExchange(ref _uses, uses + OneUse, uses);
            if (seen == uses)
            {
                return;
            }

            uses = seen;
        }
    }

    private void Leave()
    {
        if (Interlocked.Add(ref _uses, -OneUse) < OneUse)
        {
            Release();
        }
    }

    /// <summary>Sets a flag; the first one set ends the content's own use as well, in the same step: each step is dear on a hit.</summary>
    private void Close(int flag)
    {
        var uses = Volatile.Read(ref _uses);
        while ((uses & flag) == 0)
        {
            var isFirst = (uses & (Disposed | Consumed)) == 0;
            var next = (uses | flag) - (isFirst ? OneUse : 0);
            var seen = Interlocked.CompareExchange(ref _uses, next, uses);
            if (seen == uses)
            {
                if (isFirst && next < OneUse)
                {
                    Release();
                }

                return;
            }

            uses = seen;
        }
    }

    private void Release()
    {
        _body.Dispose();
        _snapshot?.Dispose();
    }
}
