namespace HttpCaching.Storage.InMemory;

/// <summary>
/// One reader's view of a body whose segments go back to the pool. It holds the segments until it has been disposed and its last running read has ended. So
/// no read sees bytes of another body. After that it throws.
/// </summary>
/// <param name="bytes">The location of the bytes.</param>
/// <param name="hold">The hold on their segments, which counts this view already.</param>
internal sealed class LeasedBody(StoredBody bytes, SegmentHold hold) : SegmentedBody
{
    private ReadCount _reads;

    /// <inheritdoc/>
    public override long Length => bytes.Length;

    /// <inheritdoc/>
    public override int Read(long offset, Span<byte> buffer)
    {
        _reads.Enter(this);
        try
        {
            return bytes.Read(offset, buffer);
        }
        finally
        {
            Leave();
        }
    }

    /// <inheritdoc/>
    public override bool TryGetMemory(long offset, out ReadOnlyMemory<byte> segment)
    {
        _reads.Enter(this);
        try
        {
            return bytes.TryGetMemory(offset, out segment);
        }
        finally
        {
            Leave();
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // Only a holder that releases gives segments back.
        if (disposing && _reads.Close())
        {
            hold.Release();
        }
    }

    private void Leave()
    {
        if (_reads.Leave())
        {
            hold.Release();
        }
    }
}
