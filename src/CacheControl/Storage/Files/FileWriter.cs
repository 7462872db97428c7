namespace HttpCaching.Storage.Files;

/// <summary>Takes a response, and stores it at the commit.</summary>
internal sealed class FileWriter(RecordChanges changes, CacheKey key, BodyFileWriter body, long maximumBytes) : CheckedHttpCacheWriter(maximumBytes)
{
    /// <inheritdoc/>
    protected override ValueTask<bool> AppendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        // Held during the call: if the writer is disposed in the meantime, the buffer in use must not be released.
        if (!body.TryHold())
        {
            return new ValueTask<bool>(false);
        }

        try
        {
            body.Append(data.Span);
            return new ValueTask<bool>(true);
        }
        finally
        {
            body.Dispose();
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask<bool> StoreAsync(StoreCommit commit, CancellationToken cancellationToken)
    {
        if (!body.TryHold())
        {
            return false;
        }

        try
        {
            using var written = body.Finish();
            return await changes.CommitAsync(key, commit, written, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            body.Dispose();
        }
    }

    /// <inheritdoc/>
    protected override void Release() => body.Dispose();
}
