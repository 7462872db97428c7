using System.Buffers;
using CacheControl.Model;

namespace CacheControl.Storage.Engine;

/// <summary>Takes a response, and has it stored at the commit. Between writes nothing is locked.</summary>
internal sealed class SqliteWriter(Core core, CacheKey key, long? expectedLength) : HttpCacheWriter
{
    private readonly BodyBuffer _body = new(core, expectedLength);
    private State _state;

    private enum State
    {
        Open,
        Refused,
        Committed,
        Disposed,
    }

    /// <inheritdoc/>
    public override async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!IsOpen())
        {
            return false;
        }

        if (data.Length > core.Settings.MaximumEntryBytes - _body.Length)
        {
            Close(State.Refused);
            return false;
        }

        try
        {
            await _body.AppendAsync(data, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (IOException)
        {
            // A full disk, say: the place that was taken already is given back at once.
            Close(State.Refused);
            throw;
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

        if (commit.Head.BodyLength != _body.Length)
        {
            throw new ArgumentException(
                $"The head's BodyLength is {commit.Head.BodyLength}, but {_body.Length} bytes were written; set it with WithBody.", nameof(commit));
        }

        try
        {
            var head = new ArrayBufferWriter<byte>();
            StoredHeadFormat.Write(head, key, commit.Head);
            return head.WrittenCount + _body.Length <= core.Settings.MaximumEntryBytes
                && await _body.CommitAsync(new CacheKeyAndCommit(key, commit), head.WrittenMemory, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Close(State.Committed);
        }
    }

    /// <inheritdoc/>
    public override StoredBody? OpenWritten() => _state == State.Open ? _body.Open() : null;

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
            _body.Release();
        }

        _state = state;
    }
}
