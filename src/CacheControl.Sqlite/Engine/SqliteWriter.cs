using System.Buffers;

namespace HttpCaching.Sqlite.Engine;

/// <summary>Takes a response, and stores it at the commit. Between writes nothing is locked.</summary>
internal sealed class SqliteWriter(OpenFile file, CacheKey key, long? expectedLength) : CheckedHttpCacheWriter(file.Settings.MaximumEntryBytes)
{
    private readonly BodyBuffer _body = new(file, expectedLength);

    /// <inheritdoc/>
    public override StoredBody? OpenWritten() => IsOpen ? _body.Open() : null;

    /// <inheritdoc/>
    protected override async ValueTask<bool> AppendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        await _body.AppendAsync(data, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <inheritdoc/>
    protected override async ValueTask<bool> StoreAsync(StoreCommit commit, CancellationToken cancellationToken)
    {
        var head = new ArrayBufferWriter<byte>();
        StoredHeadFormat.Write(head, key, commit.Head);
        return head.WrittenCount + Length <= MaximumBytes
            && await _body.CommitAsync(new CacheKeyAndCommit(key, commit), head.WrittenMemory, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void Release() => _body.Release();
}
