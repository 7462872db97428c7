namespace HttpCaching.Storage.InMemory;

/// <summary>Collects a body and passes it to the store at the commit.</summary>
internal sealed class MemoryWriter(MemoryHttpCacheStore store, CacheKey key, long? expectedLength, long maximumBytes, SegmentPool pool)
    : CheckedHttpCacheWriter(maximumBytes)
{
    private MemoryBodyBuilder? _body = new(expectedLength, pool);

    /// <inheritdoc/>
    public override StoredBody? OpenWritten() => Volatile.Read(ref _body)?.Open();

    /// <inheritdoc/>
    protected override ValueTask<bool> AppendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (Hold() is not { } body)
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
            body.LetGo();
        }
    }

    /// <inheritdoc/>
    protected override ValueTask<bool> StoreAsync(StoreCommit commit, CancellationToken cancellationToken)
    {
        if (Hold() is not { } body)
        {
            return new ValueTask<bool>(false);
        }

        try
        {
            return new ValueTask<bool>(store.Commit(key, commit, body.Build()));
        }
        finally
        {
            body.LetGo();
        }
    }

    /// <inheritdoc/>
    protected override void Release() => Interlocked.Exchange(ref _body, null)?.LetGo();

    /// <summary>Holds the body during a call: if the writer is disposed in the meantime, the memory in use must not be given back.</summary>
    private MemoryBodyBuilder? Hold() => Volatile.Read(ref _body) is { } body && body.TryHold() ? body : null;
}
