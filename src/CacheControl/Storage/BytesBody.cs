namespace HttpCaching.Storage;

/// <summary>A body that is in memory in one piece, for example because it was read together with its head.</summary>
internal sealed class BytesBody(ReadOnlyMemory<byte> bytes) : StoredBody
{
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
        var count = (int)Math.Min(buffer.Length, Length - offset);
        bytes.Span.Slice((int)offset, count).CopyTo(buffer);
        return count;
    }

    /// <inheritdoc/>
    public override bool TryGetMemory(long offset, out ReadOnlyMemory<byte> segment)
    {
        segment = (ulong)offset < (ulong)Length ? bytes[(int)offset..] : default;
        return !segment.IsEmpty;
    }
}
