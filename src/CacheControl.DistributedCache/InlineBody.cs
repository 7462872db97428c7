using HttpCaching.DistributedCache.Engines;

namespace HttpCaching.DistributedCache;

/// <summary>A body in the value that it was read with.</summary>
internal sealed class InlineBody(EngineValue value, ReadOnlyMemory<byte> content) : StoredBody
{
    private int _isDisposed;

    /// <inheritdoc/>
    public override long Length => content.Length;

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
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, content.Length);
        var count = Math.Min(buffer.Length, content.Length - (int)offset);
        content.Span.Slice((int)offset, count).CopyTo(buffer);
        return count;
    }

    /// <inheritdoc/>
    public override bool TryGetMemory(long offset, out ReadOnlyMemory<byte> segment)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
        segment = offset >= 0 && offset < content.Length ? content[(int)offset..] : default;
        return !segment.IsEmpty;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            value.Release();
        }
    }
}
