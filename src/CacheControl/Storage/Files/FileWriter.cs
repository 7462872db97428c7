namespace HttpCaching.Storage.Files;

/// <summary>Takes a response, and has it stored at the commit.</summary>
internal sealed class FileWriter(RecordChanges changes, CacheKey key, BodyFileWriter body, long maximumBytes) : CheckedHttpCacheWriter(maximumBytes)
{
    /// <inheritdoc/>
    protected override ValueTask<bool> AppendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        // Held for the time of the call: one who disposes the writer in the meantime must not give away what is being written to.
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
