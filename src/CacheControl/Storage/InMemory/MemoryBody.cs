namespace CacheControl.Storage.InMemory;

/// <summary>A body in memory: immutable, shared by all readers, kept alive by whoever still refers to it.</summary>
internal sealed class MemoryBody : StoredBody
{
    /// <summary>The size of every segment but the last; below the size from which arrays go to the large object heap.</summary>
    public const int SegmentBytes = 64 * 1024;

    private readonly byte[][] _segments;

    /// <summary>A body of these bytes.</summary>
    /// <param name="segments">All of <see cref="SegmentBytes"/> but the last, which may be shorter and is never empty.</param>
    /// <param name="length">The sum of the segments' lengths.</param>
    public MemoryBody(byte[][] segments, long length)
    {
        _segments = segments;
        Length = length;
    }

    /// <inheritdoc/>
    public override long Length { get; }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<int>(cancellationToken)
            : new ValueTask<int>(Read(offset, buffer.Span));

    /// <inheritdoc/>
    public override int Read(long offset, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length);
        var total = 0;
        while (!buffer.IsEmpty && TryGetMemory(offset, out var segment))
        {
            var count = Math.Min(buffer.Length, segment.Length);
            segment.Span[..count].CopyTo(buffer);
            buffer = buffer[count..];
            offset += count;
            total += count;
        }

        return total;
    }

    /// <inheritdoc/>
    public override bool TryGetMemory(long offset, out ReadOnlyMemory<byte> segment)
    {
        if ((ulong)offset >= (ulong)Length)
        {
            segment = default;
            return false;
        }

        segment = _segments[(int)(offset / SegmentBytes)].AsMemory((int)(offset % SegmentBytes));
        return true;
    }
}
