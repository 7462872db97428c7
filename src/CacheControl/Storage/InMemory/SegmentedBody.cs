namespace HttpCaching.Storage.InMemory;

/// <summary>A body whose bytes are all in memory, in one piece or several. A derived class locates them, and reading copies them.</summary>
internal abstract class SegmentedBody : StoredBody
{
    /// <inheritdoc/>
    public sealed override bool IsImmediate => true;

    /// <inheritdoc/>
    public sealed override ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken) =>
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
    public abstract override bool TryGetMemory(long offset, out ReadOnlyMemory<byte> segment);
}
