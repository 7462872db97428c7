namespace HttpCaching.Storage.InMemory;

/// <summary>A body that is still being written, as far as it has got. Keeps its bytes alive without a copy.</summary>
internal sealed class WrittenBody(MemoryBodyBuilder builder) : SegmentedBody
{
    /// <inheritdoc/>
    public override long Length => builder.Length;

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
