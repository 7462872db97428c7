using CacheControl.Model;

namespace CacheControl.Storage.InMemory;

/// <summary>Collects a body and hands it to the store at the commit.</summary>
internal sealed class MemoryWriter(MemoryHttpCacheStore store, CacheKey key, long? expectedLength, long maximumBytes, SegmentPool pool) : HttpCacheWriter
{
    private MemoryBodyBuilder? _body = new(expectedLength, pool);
    private State _state;

    private enum State
    {
        Open,
        Refused,
        Committed,
        Disposed,
    }

    /// <inheritdoc/>
    public override ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        // Held for the time of the call: one who disposes the writer meanwhile must not give away what is being written to.
        if (!IsOpen() || Volatile.Read(ref _body) is not { } body || !body.TryHold())
        {
            return new ValueTask<bool>(false);
        }

        try
        {
            if (data.Length > maximumBytes - body.Length)
            {
                Close(State.Refused);
                return new ValueTask<bool>(false);
            }

            body.Append(data.Span);
            return new ValueTask<bool>(true);
        }
        finally
        {
            body.LetGo();
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The head's body length is not the number of bytes written.</exception>
    public override ValueTask<bool> CommitAsync(StoreCommit commit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(commit);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        if (!IsOpen() || Volatile.Read(ref _body) is not { } body || !body.TryHold())
        {
            return new ValueTask<bool>(false);
        }

        try
        {
            if (commit.Head.BodyLength != body.Length)
            {
                throw new ArgumentException(
                    $"The head's BodyLength is {commit.Head.BodyLength}, but {body.Length} bytes were written; set it with WithBody.", nameof(commit));
            }

            var built = body.Build();
            Close(State.Committed);
            return new ValueTask<bool>(store.Commit(key, commit, built));
        }
        finally
        {
            body.LetGo();
        }
    }

    /// <inheritdoc/>
    public override StoredBody? OpenWritten() => Volatile.Read(ref _body)?.Open();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Close(State.Disposed);
        }
    }

    private bool IsOpen()
    {
        ObjectDisposedException.ThrowIf(_state == State.Disposed, this);
        return _state == State.Committed
            ? throw new InvalidOperationException("The response has been committed already.")
            : _state == State.Open;
    }

    private void Close(State state)
    {
        _state = state;
        Interlocked.Exchange(ref _body, null)?.LetGo();
    }
}
