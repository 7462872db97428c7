
namespace HttpCaching.Http;

/// <summary>A whole body in memory. Nothing has to be released when it is over, so nobody counts who reads: a hit gets by with less.</summary>
/// <param name="body">The body.</param>
internal sealed class MemoryContent(StoredBody body) : StoredContent(body)
{
    // Threads that close it at the same time may lose a flag: the one that is left says that nothing is read any more.
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
