using CacheControl.Model;

namespace CacheControl.Storage.InMemory;

/// <summary>Collects a body and hands it to the store at the commit.</summary>
internal sealed class MemoryWriter(MemoryHttpCacheStore store, CacheKey key, long? expectedLength, long maximumBytes) : HttpCacheWriter
{
    private MemoryBodyBuilder? _body = new(expectedLength);
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

        if (!IsOpen())
        {
            return new ValueTask<bool>(false);
        }

        if (data.Length > maximumBytes - _body!.Length)
        {
            Close(State.Refused);
            return new ValueTask<bool>(false);
        }

        _body.Append(data.Span);
        return new ValueTask<bool>(true);
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

        if (!IsOpen())
        {
            return new ValueTask<bool>(false);
        }

        if (commit.Head.BodyLength != _body!.Length)
        {
            throw new ArgumentException(
                $"The head's BodyLength is {commit.Head.BodyLength}, but {_body.Length} bytes were written; set it with WithBody.", nameof(commit));
        }

        var body = _body.Build();
        Close(State.Committed);
        return new ValueTask<bool>(store.Commit(key, commit, body));
    }

    /// <inheritdoc/>
    public override StoredBody? OpenWritten() => Volatile.Read(ref _body) is { } body ? new WrittenBody(body) : null;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => Close(State.Disposed);

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
        _body = null;
    }
}
