namespace HttpCaching.Storage;

/// <summary>
/// A writer that sees to what is the same in every store: the order of the calls, the limit, and that the head speaks of as many bytes as were written. What becomes of
/// them is the store's own.
/// </summary>
public abstract class CheckedHttpCacheWriter : HttpCacheWriter
{
    private State _state;

    /// <summary>A writer that takes so many bytes.</summary>
    /// <param name="maximumBytes">The most bytes that a body may have; a longer one is refused.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    protected CheckedHttpCacheWriter(long maximumBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maximumBytes);
        MaximumBytes = maximumBytes;
    }

    private enum State
    {
        Open,
        Refused,
        Committed,
        Disposed,
    }

    /// <summary>The most bytes that a body may have.</summary>
    protected long MaximumBytes { get; }

    /// <summary>The number of bytes taken.</summary>
    protected long Length { get; private set; }

    /// <summary>Whether bytes are still taken: neither stored, refused nor abandoned.</summary>
    protected bool IsOpen => _state == State.Open;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The response has been committed.</exception>
    /// <exception cref="ObjectDisposedException">The writer has been disposed.</exception>
    public sealed override ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        if (!MayGoOn())
        {
            return new ValueTask<bool>(false);
        }

        if (data.Length > MaximumBytes - Length)
        {
            Close(State.Refused);
            return new ValueTask<bool>(false);
        }

        try
        {
            var append = AppendAsync(data, cancellationToken);
            return append.IsCompletedSuccessfully ? new ValueTask<bool>(Took(append.Result, data.Length)) : AwaitAsync(append, data.Length);
        }
        catch (Exception exception)
        {
            Close(State.Refused);
            return ValueTask.FromException<bool>(exception);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The head's body length is not the number of bytes written.</exception>
    /// <exception cref="InvalidOperationException">The response has been committed.</exception>
    /// <exception cref="ObjectDisposedException">The writer has been disposed.</exception>
    public sealed override async ValueTask<bool> CommitAsync(StoreCommit commit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(commit);
        cancellationToken.ThrowIfCancellationRequested();
        if (!MayGoOn())
        {
            return false;
        }

        if (commit.Head.BodyLength != Length)
        {
            throw new ArgumentException(
                $"The head's BodyLength is {commit.Head.BodyLength}, but {Length} bytes were written; set it with WithBody.", nameof(commit));
        }

        try
        {
            return await StoreAsync(commit, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Close(State.Committed);
        }
    }

    /// <summary>Takes bytes of the body. If it throws, the response is refused.</summary>
    /// <param name="data">The bytes; valid only during the call.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False to refuse the response.</returns>
    protected abstract ValueTask<bool> AppendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

    /// <summary>Makes the response visible; called once, with a head of the right length.</summary>
    /// <param name="commit">The head and the conditions.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False if it was not stored.</returns>
    protected abstract ValueTask<bool> StoreAsync(StoreCommit commit, CancellationToken cancellationToken);

    /// <summary>Lets go of what the writer holds; called once, when the response has been stored, refused or abandoned.</summary>
    protected abstract void Release();

    /// <inheritdoc/>
    protected sealed override void Dispose(bool disposing) => Close(State.Disposed);

    private async ValueTask<bool> AwaitAsync(ValueTask<bool> append, int count)
    {
        try
        {
            return Took(await append.ConfigureAwait(false), count);
        }
        catch
        {
            // A full disk, say: the place that was taken already is given back at once.
            Close(State.Refused);
            throw;
        }
    }

    private bool Took(bool isTaken, int count)
    {
        if (isTaken)
        {
            Length += count;
        }
        else
        {
            Close(State.Refused);
        }

        return isTaken;
    }

    private bool MayGoOn()
    {
        ObjectDisposedException.ThrowIf(_state == State.Disposed, this);
        return _state == State.Committed
            ? throw new InvalidOperationException("The response has been committed already.")
            : _state == State.Open;
    }

    private void Close(State state)
    {
        var wasOpen = IsOpen;
        _state = _state == State.Disposed ? _state : state;
        if (wasOpen)
        {
            Release();
        }
    }
}
