namespace HttpCaching.Storage.Tiers;

/// <summary>Writes to the back. When the back may have changed, drops the front's responses of the URI.</summary>
internal sealed class TieredWriter(HttpCacheWriter back, Func<ValueTask> dropFromFront) : HttpCacheWriter
{
    /// <inheritdoc/>
    public override ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => back.WriteAsync(data, cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask<bool> CommitAsync(StoreCommit commit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await back.CommitAsync(commit, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Also after a refusal: it shows that the back has newer responses than the front.
            await dropFromFront().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override StoredBody? OpenWritten() => back.OpenWritten();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => back.Dispose();
}
