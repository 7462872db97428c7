using CacheControl.Model;

namespace CacheControl.Storage.Files;

/// <summary>Takes a response, and has it stored at the commit.</summary>
internal sealed class FileWriter(RecordChanges changes, CacheKey key, BodyFileWriter body, long maximumBytes) : HttpCacheWriter
{
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

        if (data.Length > maximumBytes - body.Length)
        {
            Close(State.Refused);
            return new ValueTask<bool>(false);
        }

        try
        {
            body.Append(data.Span);
            return new ValueTask<bool>(true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A full disk, say: the place that was taken already is given back at once.
            Close(State.Refused);
            return ValueTask.FromException<bool>(exception);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The head's body length is not the number of bytes written.</exception>
    public override async ValueTask<bool> CommitAsync(StoreCommit commit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(commit);
        cancellationToken.ThrowIfCancellationRequested();
        if (!IsOpen())
        {
            return false;
        }

        if (commit.Head.BodyLength != body.Length)
        {
            throw new ArgumentException(
                $"The head's BodyLength is {commit.Head.BodyLength}, but {body.Length} bytes were written; set it with WithBody.", nameof(commit));
        }

        try
        {
            return await changes.CommitAsync(key, commit, body, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Close(State.Committed);
        }
    }

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
        if (_state == State.Open)
        {
            body.Dispose();
        }

        _state = state;
    }
}
