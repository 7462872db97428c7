using System.Buffers;
using System.Net;

namespace HttpCaching.Http;

/// <summary>
/// A stored body, or a part of it, as the content of a response. Like content from the network it can be read once, from beginning to end.
/// Derived classes override <see cref="Close"/> to learn when it is over: when it has been disposed or read to its end (many callers
/// never dispose a response).
/// </summary>
/// <param name="body">The body.</param>
internal abstract class StoredContent(StoredBody body) : ForwardContent
{
    /// <summary>The content has been disposed.</summary>
    protected const int Disposed = 1;

    /// <summary>The content has been read to its end.</summary>
    protected const int Consumed = 2;

    private const int BufferSize = 64 * 1024;

    /// <summary>The number of bytes of the content.</summary>
    internal abstract long Length { get; }

    /// <summary>The body.</summary>
    protected StoredBody Body { get; } = body;

    /// <summary>The position of the first byte of the content in the body.</summary>
    protected abstract long Offset { get; }

    /// <summary>The content of a response; takes over the snapshot and the body.</summary>
    /// <param name="snapshot">The snapshot of the body; <see langword="null"/> if another object disposes it.</param>
    /// <param name="body">The body.</param>
    /// <param name="offset">The position of the first byte of the content in the body.</param>
    /// <param name="length">The number of bytes of the content.</param>
    public static StoredContent Of(HttpCacheSnapshot? snapshot, StoredBody body, long offset, long length) =>
        snapshot is { MustBeReleased: false } && offset == 0 && length == body.Length
            ? new MemoryContent(body)
            : new PinnedContent(snapshot, body, offset, length);

    /// <summary>Ends the reading.</summary>
    internal void Finish()
    {
        Close(Consumed);
        Body.EndReads();
    }

    /// <summary>Reads bytes at a position of the content; 0 only at its end or for an empty buffer.</summary>
    internal int Read(long position, Span<byte> buffer)
    {
        var wanted = (int)Math.Min(buffer.Length, Math.Max(0, Length - position));
        if (wanted == 0)
        {
            return AtEnd(position);
        }

        Enter();
        try
        {
            return Took(position, Body.Read(Offset + position, buffer[..wanted]));
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

        var wanted = (int)Math.Min(buffer.Length, Math.Max(0, Length - position));
        if (wanted == 0)
        {
            return new ValueTask<int>(AtEnd(position));
        }

        Enter();
        ValueTask<int> read;
        try
        {
            read = Body.ReadAsync(Offset + position, buffer[..wanted], cancellationToken);
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
    internal async ValueTask<long> CopyToAsync(Stream destination, long position, CancellationToken cancellationToken)
    {
        if (position >= Length)
        {
            AtEnd(position);
            return position;
        }

        byte[]? buffer = null;
        Enter();
        try
        {
            while (position < Length)
            {
                if (!TryGetMemory(position, out var segment))
                {
                    buffer ??= ArrayPool<byte>.Shared.Rent(BufferSize);
                    var count = (int)Math.Min(buffer.Length, Length - position);
                    count = Took(position, await Body.ReadAsync(Offset + position, buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false));
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
        if (position >= Length)
        {
            AtEnd(position);
            return position;
        }

        byte[]? buffer = null;
        Enter();
        try
        {
            while (position < Length)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!TryGetMemory(position, out var segment))
                {
                    buffer ??= ArrayPool<byte>.Shared.Rent(BufferSize);
                    var count = (int)Math.Min(buffer.Length, Length - position);
                    segment = buffer.AsMemory(0, Took(position, Body.Read(Offset + position, buffer.AsSpan(0, count))));
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
        length = Length;
        return true;
    }

    /// <inheritdoc/>
    protected override Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) => Task.FromResult<Stream>(new StoredBodyStream(this));

    /// <inheritdoc/>
    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => new StoredBodyStream(this);

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var copying = CopyToAsync(stream, 0, cancellationToken);
        return copying.IsCompletedSuccessfully ? Task.CompletedTask : copying.AsTask();
    }

    /// <inheritdoc/>
    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        CopyTo(stream, 0, cancellationToken);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            // A blocking HttpClient.Send that is cancelled, or out of time, disposes the content that its own thread reads.
            Close(Disposed);
            Body.EndReads();
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
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (position >= Length)
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

        if (position + count == Length)
        {
            Close(Consumed);
        }

        return count;
    }

    private bool TryGetMemory(long position, out ReadOnlyMemory<byte> segment)
    {
        if (!Body.TryGetMemory(Offset + position, out segment) || segment.IsEmpty)
        {
            return false;
        }

        segment = segment[..(int)Math.Min(segment.Length, Length - position)];
        return true;
    }

    /// <summary>Begins a read; throws if the content is over.</summary>
    protected abstract void Enter();

    /// <summary>Ends a read.</summary>
    protected abstract void Leave();

    /// <summary>Sets a flag: from then on nothing is read.</summary>
    protected abstract void Close(int flag);

    /// <summary>Whether the content has been disposed.</summary>
    protected abstract bool IsDisposed { get; }

    /// <summary>Throws if one of the flags is set.</summary>
    protected void ThrowIfOver(int flags)
    {
        ObjectDisposedException.ThrowIf((flags & Disposed) != 0, this);
        if ((flags & Consumed) != 0)
        {
            throw new InvalidOperationException("The content was already read; it cannot be read again.");
        }
    }
}
