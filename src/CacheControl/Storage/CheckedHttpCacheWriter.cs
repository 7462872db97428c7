namespace HttpCaching.Storage;

/// <summary>
/// A writer that does the common work of all stores. It checks the order of the calls, the limit, and that the head states as many bytes as were written. The derived
/// class stores the bytes.
/// </summary>
public abstract class CheckedHttpCacheWriter : HttpCacheWriter
{
    private State _state;

    /// <summary>Creates a writer with a limit.</summary>
    /// <param name="maximumBytes">The most bytes of a body; a longer one is refused.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximumBytes"/> is negative.</exception>
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

    /// <summary>The most bytes of a body.</summary>
    protected long MaximumBytes { get; }

    /// <summary>The number of body bytes written so far.</summary>
    protected long Length { get; private set; }

    /// <summary>Whether the writer still takes bytes: the response is neither stored, refused nor abandoned.</summary>
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

    /// <summary>Takes bytes of the body. If this method throws, the response is refused.</summary>
    /// <param name="data">The bytes; valid only during the call.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False to refuse the response.</returns>
    protected abstract ValueTask<bool> AppendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

    /// <summary>Makes the response visible. Called once, with a head of the right length.</summary>
    /// <param name="commit">The head and the conditions.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False if the response was not stored.</returns>
    protected abstract ValueTask<bool> StoreAsync(StoreCommit commit, CancellationToken cancellationToken);

    /// <summary>Releases the resources of the writer. Called once, after the response has been stored, refused or abandoned.</summary>
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
