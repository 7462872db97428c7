using HttpCaching.Redis.Records;

namespace HttpCaching.Redis;

/// <summary>
/// A body that came with its head. Its bytes are memory of a pool, which it holds until it has been disposed and its last running read has ended. So no read sees bytes of another
/// record. After that it throws.
/// </summary>
/// <param name="snapshot">The snapshot that has the bytes. It counts this body already.</param>
/// <param name="bytes">The place of the body, without its checksum.</param>
internal sealed class RecordBody(RedisSnapshot snapshot, RecordSlice bytes) : StoredBody
{
    private ReadCount _reads;

    /// <inheritdoc/>
    public override long Length => bytes.Length;

    /// <inheritdoc/>
    public override bool IsImmediate => true;

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<int>(cancellationToken) : new ValueTask<int>(Read(offset, buffer.Span));

    /// <inheritdoc/>
    public override int Read(long offset, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length);
        _reads.Enter(this);
        try
        {
            var rest = snapshot.BytesOf(bytes).Span[(int)offset..];
            var count = Math.Min(buffer.Length, rest.Length);
            rest[..count].CopyTo(buffer);
            return count;
        }
        finally
        {
            Leave();
        }
    }

    /// <inheritdoc/>
    public override bool TryGetMemory(long offset, out ReadOnlyMemory<byte> segment)
    {
        segment = default;
        if ((ulong)offset >= (ulong)Length)
        {
            return false;
        }

        _reads.Enter(this);
        try
        {
            segment = snapshot.BytesOf(bytes)[(int)offset..];
            return true;
        }
        finally
        {
            Leave();
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && _reads.Close())
        {
            snapshot.Release();
        }
    }

    private void Leave()
    {
        if (_reads.Leave())
        {
            snapshot.Release();
        }
    }
}
