
namespace HttpCaching.StoreContract;

/// <summary>A writer of a <see cref="FaultyStore"/>.</summary>
internal sealed class FaultyWriter(FaultyStore store, HttpCacheWriter inner) : HttpCacheWriter
{
    /// <inheritdoc/>
    public override async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
        await store.EnterAsync(StoreCall.Write, cancellationToken).ConfigureAwait(false) is null
        && await inner.WriteAsync(data, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public override async ValueTask<bool> CommitAsync(StoreCommit commit, CancellationToken cancellationToken) =>
        await store.EnterAsync(StoreCall.Commit, cancellationToken).ConfigureAwait(false) is { } fault
            ? fault != StoreFault.Stale
            : await inner.CommitAsync(commit, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public override StoredBody? OpenWritten() => inner.OpenWritten();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => inner.Dispose();
}
