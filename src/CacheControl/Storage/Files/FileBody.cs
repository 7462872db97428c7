using System.Buffers;

namespace HttpCaching.Storage.Files;

/// <summary>
/// Reads a body file at any position, in whole blocks, because only a whole block can be checked. Keeps the last block for
/// callers that read in small steps.
/// </summary>
/// <remarks>Reads block their thread: files mostly come from the page cache, and the thread pool would cost more than the read.</remarks>
internal sealed class FileBody(BodyFile file, Action damaged) : StoredBody
{
    private const long None = -1;

    private readonly Lock _lock = new();
    private byte[]? _block;
    private long _index = None;
    private bool _isDisposed;

    /// <inheritdoc/>
    public override long Length => file.Length;

    /// <inheritdoc/>
    public override bool IsImmediate => true;

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        try
        {
            return new ValueTask<int>(Read(offset, buffer.Span));
        }
        catch (IOException exception)
        {
            return ValueTask.FromException<int>(exception);
        }
    }

    /// <inheritdoc/>
    public override int Read(long offset, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length);
        try
        {
            var total = 0;
            while (!buffer.IsEmpty && offset < Length)
            {
                // The caller gets the bytes so far before the next block can fail.
                if (total > 0 && buffer.Length < FileLayout.BlockContentBytes)
                {
                    break;
                }

                var count = ReadSome(offset, buffer);
                buffer = buffer[count..];
                offset += count;
                total += count;
            }

            return total;
        }
        catch (IOException)
        {
            damaged();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        lock (_lock)
        {
            _isDisposed = true;
            Return();
        }
    }

    private int ReadSome(long offset, Span<byte> buffer)
    {
        var (index, start) = Math.DivRem(offset, FileLayout.BlockContentBytes);
        var length = file.BlockLength(index);
        if (start == 0 && buffer.Length >= length)
        {
            file.ReadBlock(index, length, buffer);
            return length;
        }

        var count = Math.Min(buffer.Length, length - (int)start);

        // Two readers of one body do not wait for each other's disk: the second one reads without the kept block.
        if (!_lock.TryEnter())
        {
            ReadWithoutKeeping(index, length, (int)start, buffer[..count]);
            return count;
        }

        try
        {
            Load(index, length).Slice((int)start, count).CopyTo(buffer);
            if (start + count == length)
            {
                Return();
            }

            return count;
        }
        finally
        {
            _lock.Exit();
        }
    }

    private ReadOnlySpan<byte> Load(long index, int length)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_index != index)
        {
            _index = None;
            _block ??= ArrayPool<byte>.Shared.Rent(FileLayout.BlockBytes);
            file.ReadBlock(index, length, _block);
            _index = index;
        }

        return _block.AsSpan(0, length);
    }

    private void Return()
    {
        if (_block is not null)
        {
            ArrayPool<byte>.Shared.Return(_block);
            _block = null;
            _index = None;
        }
    }

    private void ReadWithoutKeeping(long index, int length, int start, Span<byte> destination)
    {
        var block = ArrayPool<byte>.Shared.Rent(FileLayout.BlockBytes);
        try
        {
            file.ReadBlock(index, length, block);
            block.AsSpan(start, destination.Length).CopyTo(destination);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}
