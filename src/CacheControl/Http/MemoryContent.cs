
namespace HttpCaching.Http;

/// <summary>A complete body in memory. It has nothing to release, so its readers are not counted, and a hit costs less.</summary>
/// <param name="body">The body.</param>
internal sealed class MemoryContent(StoredBody body) : StoredContent(body)
{
    // Threads that close it at the same time may lose a flag: the remaining flag says that nothing is read any more.
    private int _flags;

    /// <inheritdoc/>
    internal override long Length => Body.Length;

    /// <inheritdoc/>
    protected override long Offset => 0;

    /// <inheritdoc/>
    protected override bool IsDisposed => (Volatile.Read(ref _flags) & Disposed) != 0;

    /// <inheritdoc/>
    protected override void Enter() => ThrowIfOver(Volatile.Read(ref _flags));

    /// <inheritdoc/>
    protected override void Leave()
    {
    }

    /// <inheritdoc/>
    protected override void Close(int flag) => Volatile.Write(ref _flags, _flags | flag);
}
