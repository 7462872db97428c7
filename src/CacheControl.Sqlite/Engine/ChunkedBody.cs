using System.Buffers;

namespace HttpCaching.Sqlite.Engine;

/// <summary>
/// Reads a body in pieces at any position, one complete piece at a time, because only a complete piece can be checked. Keeps the last piece for callers that
/// read in small steps.
/// </summary>
internal sealed class ChunkedBody(Pin pin, ChunkedBytes bytes, Action damaged) : StoredBody
{
    private const long None = -1;

    private readonly Lock _lock = new();
    private byte[]? _piece;
    private long _index = None;
    private bool _isDisposed;

    /// <inheritdoc/>
    public override long Length => bytes.Length;

    /// <inheritdoc/>
    public override bool IsImmediate => true;

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        if (!IsReadable(offset) || buffer.IsEmpty || TryReadKept(offset, buffer.Span, out _))
        {
            return new ValueTask<int>(Read(offset, buffer.Span));
        }

        return ReadRentedAsync(offset, buffer, cancellationToken);
    }

    /// <inheritdoc/>
    public override int Read(long offset, Span<byte> buffer)
    {
        if (!IsReadable(offset) || buffer.IsEmpty)
        {
            return 0;
        }

        if (TryReadKept(offset, buffer, out var count))
        {
            return count;
        }

        var reader = pin.Database.Rent();
        try
        {
            return ReadWith(reader, offset, buffer);
        }
        finally
        {
            pin.Database.Return(reader);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        lock (_lock)
        {
            _isDisposed = true;
            Forget_NeedsLock();
        }
    }

    private bool IsReadable(long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length);
        return offset < Length;
    }

    private async ValueTask<int> ReadRentedAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var reader = await pin.Database.RentAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return ReadWith(reader, offset, buffer.Span);
        }
        finally
        {
            pin.Database.Return(reader);
        }
    }

    private bool TryReadKept(long offset, Span<byte> buffer, out int count)
    {
        count = 0;
        lock (_lock)
        {
            var (index, start) = Math.DivRem(offset, SqliteStoreSettings.ChunkBytes);
            if (_isDisposed || _piece is null || index != _index)
            {
                return false;
            }

            count = CopyKept_NeedsLock((int)start, buffer);
            return true;
        }
    }

    private int ReadWith(ReadConnection reader, long offset, Span<byte> buffer)
    {
        var (index, start) = Math.DivRem(offset, SqliteStoreSettings.ChunkBytes);
        var length = bytes.LengthOf(index);
        try
        {
            if (start == 0 && buffer.Length >= length)
            {
                reader.ReadChunk(bytes, index, buffer[..length]);
                return length;
            }

            var piece = ArrayPool<byte>.Shared.Rent(SqliteStoreSettings.ChunkBytes);
            try
            {
                reader.ReadChunk(bytes, index, piece.AsSpan(0, length));
            }
            catch
            {
                ArrayPool<byte>.Shared.Return(piece);
                throw;
            }

            return Keep(piece, index, (int)start, buffer);
        }
        catch (BodyGoneException)
        {
            damaged();
            throw;
        }
    }

    private int Keep(byte[] piece, long index, int start, Span<byte> buffer)
    {
        lock (_lock)
        {
            Forget_NeedsLock();
            _piece = piece;
            _index = index;
            var count = CopyKept_NeedsLock(start, buffer);
            if (_isDisposed)
            {
                Forget_NeedsLock();
            }

            return count;
        }
    }

    private int CopyKept_NeedsLock(int start, Span<byte> buffer)
    {
        var length = bytes.LengthOf(_index);
        var count = Math.Min(buffer.Length, length - start);
        _piece.AsSpan(start, count).CopyTo(buffer);
        if (start + count == length)
        {
            Forget_NeedsLock();
        }

        return count;
    }

    private void Forget_NeedsLock()
    {
        if (_piece is not null)
        {
            ArrayPool<byte>.Shared.Return(_piece);
            _piece = null;
            _index = None;
        }
    }
}
