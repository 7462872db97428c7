namespace HttpCaching.Storage.InMemory;

/// <summary>
/// One reader's view of a body whose segments go back to the pool. It holds them until it has been disposed and its last read under way has ended, so that
/// no read sees bytes that have become another's; afterwards it throws.
/// </summary>
/// <param name="bytes">Where the bytes are.</param>
/// <param name="hold">The segments they are in; counts this one already.</param>
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
        // Only those who say so give segments back.
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
