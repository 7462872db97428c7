using CacheControl.Model;

namespace CacheControl.Storage.Files;

/// <summary>Takes a response, and has it stored at the commit.</summary>
internal sealed class FileWriter(RecordChanges changes, CacheKey key, BodyFileWriter body, long maximumBytes) : CheckedHttpCacheWriter(maximumBytes)
{
    /// <inheritdoc/>
    protected override ValueTask<bool> AppendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        body.Append(data.Span);
        return new ValueTask<bool>(true);
    }

    /// <inheritdoc/>
    protected override ValueTask<bool> StoreAsync(StoreCommit commit, CancellationToken cancellationToken) =>
        changes.CommitAsync(key, commit, body, cancellationToken);

    /// <inheritdoc/>
    protected override void Release() => body.Dispose();
}
