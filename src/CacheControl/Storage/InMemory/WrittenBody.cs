namespace HttpCaching.Storage.InMemory;

/// <summary>The bytes written so far of a body that is still being written. Keeps them alive without a copy.</summary>
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
