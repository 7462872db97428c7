namespace CacheControl.Storage.InMemory;

/// <summary>A body that is still being written, as far as it has got. Keeps its bytes alive without a copy.</summary>
internal sealed class WrittenBody(MemoryBodyBuilder builder) : StoredBody
{
    /// <inheritdoc/>
    public override long Length => builder.Length;

    /// <inheritdoc/>
    public override bool IsImmediate => true;

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
        if (offset < 0 || offset >= Length)
        {
            segment = default;
            return false;
        }

        segment = builder.From(offset);
        return true;
    }
}
