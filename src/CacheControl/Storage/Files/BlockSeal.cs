namespace HttpCaching.Storage.Files;

/// <summary>Protects the blocks of one file. Several threads may use it at the same time.</summary>
internal abstract class BlockSeal : IDisposable
{
    /// <summary>Turns content into the stored bytes, in place, and makes its trailer.</summary>
    public abstract void Close(long index, Span<byte> content, Span<byte> trailer);

    /// <summary>Turns stored bytes into content, in place. Returns false if they are damaged; the bytes are then worthless.</summary>
    public abstract bool TryOpen(long index, Span<byte> content, ReadOnlySpan<byte> trailer);

    public virtual void Dispose()
    {
    }
}
