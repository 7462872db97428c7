
namespace HttpCaching.Http;

/// <summary>
/// A body, or a part of one, that must be given back. Owns the body and the snapshot, and releases them once: when the content is over and the last running read
/// has ended. So no read sees memory that was given back.
/// </summary>
internal sealed class PinnedContent : StoredContent
{
    private const int OneUse = 4;

    private readonly HttpCacheSnapshot? _snapshot;
    private readonly long _offset;
    private readonly long _length;

    // The flags Disposed and Consumed, and above them the number of reads under way, plus one until a flag is set.
    private int _uses = OneUse;

    /// <summary>Takes over the snapshot and the body.</summary>
    /// <param name="snapshot">The snapshot of the body; <see langword="null"/> if another object disposes it.</param>
    /// <param name="body">The body.</param>
    /// <param name="offset">The position of the first byte of the content in the body.</param>
    /// <param name="length">The number of bytes of the content.</param>
    public PinnedContent(HttpCacheSnapshot? snapshot, StoredBody body, long offset, long length)
        : base(body)
    {
        _snapshot = snapshot;
        _offset = offset;
        _length = length;
    }

    /// <inheritdoc/>
    internal override long Length => _length;

    /// <inheritdoc/>
    protected override long Offset => _offset;

    /// <inheritdoc/>
    protected override bool IsDisposed => (Volatile.Read(ref _uses) & Disposed) != 0;

    /// <inheritdoc/>
    protected override void Enter()
    {
        var uses = Volatile.Read(ref _uses);
        while (true)
        {
            ThrowIfOver(uses);
            var seen = Interlocked.CompareExchange(ref _uses, uses + OneUse, uses);
            if (seen == uses)
            {
                return;
            }

            uses = seen;
        }
    }

    /// <inheritdoc/>
    protected override void Leave()
    {
        if (Interlocked.Add(ref _uses, -OneUse) < OneUse)
        {
            Release();
        }
    }

    /// <summary>Sets a flag; the first one set ends the content's own use as well, in the same step.</summary>
    protected override void Close(int flag)
    {
        var uses = Volatile.Read(ref _uses);
        while ((uses & flag) == 0)
        {
            var isFirst = (uses & (Disposed | Consumed)) == 0;
            var next = (uses | flag) - (isFirst ? OneUse : 0);
            var seen = Interlocked.CompareExchange(ref _uses, next, uses);
            if (seen == uses)
            {
                if (isFirst && next < OneUse)
                {
                    Release();
                }

                return;
            }

            uses = seen;
        }
    }

    private void Release()
    {
        Body.Dispose();
        _snapshot?.Dispose();
    }
}
