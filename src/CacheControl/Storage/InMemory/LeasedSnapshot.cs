using System.Collections.Immutable;

namespace HttpCaching.Storage.InMemory;

/// <summary>One reader's view of a key with large bodies: holds their segments until it is disposed.</summary>
/// <param name="view">The view; its bodies count this reader already.</param>
/// <param name="stamp">The stamp for this reader.</param>
internal sealed class LeasedSnapshot(MemorySnapshot view, long stamp) : HttpCacheSnapshot
{
    private int _isDisposed;

    /// <inheritdoc/>
    public override ImmutableArray<StoredResponse> Responses => view.Responses;

    /// <inheritdoc/>
    public override long Stamp => stamp;

    /// <inheritdoc/>
    public override DateTimeOffset? LastUseOf(StoredResponse response) => view.LastUseOf(response);

    /// <inheritdoc/>
    public override ValueTask<StoredBody> OpenBodyAsync(StoredResponse response, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
        return view.OpenBodyAsync(response, cancellationToken);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            view.Release();
        }
    }
}
