namespace HttpCaching.Storage.Files;

/// <summary>Protects the blocks of one file. May be used by several threads at once.</summary>
internal abstract class BlockSeal : IDisposable
{
    /// <summary>Turns content into what is written, in place, and makes its trailer.</summary>
    public abstract void Close(long index, Span<byte> content, Span<byte> trailer);

    /// <summary>Turns what was read into content, in place; false if it is damaged, and the bytes are then worthless.</summary>
    public abstract bool TryOpen(long index, Span<byte> content, ReadOnlySpan<byte> trailer);

    public virtual void Dispose()
    {
    }
}
