using System.Buffers;
using CacheControl.Model;
using CacheControl.Redis.Bodies;
using CacheControl.Redis.Changes;
using CacheControl.Redis.Keys;
using CacheControl.Redis.Scripts;
using CacheControl.Storage;
using StackExchange.Redis;

namespace CacheControl.Redis;

/// <summary>Takes a response, and has it stored at the commit.</summary>
internal sealed class RedisWriter(StoreChanges changes, EntryPlace place, CacheKey key, BodyStage body, long maximumBytes) : HttpCacheWriter
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
    public override async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!IsOpen())
        {
            return false;
        }

        var isTaken = false;
        try
        {
            // Not the caller's to cancel once it has begun: half a chunk would be worse than none.
            isTaken = data.Length <= maximumBytes - body.Length && await body.AppendAsync(data).ConfigureAwait(false);
            return isTaken;
        }
        finally
        {
            if (!isTaken)
            {
                Close(State.Refused, isOfUse: false);
            }
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

        var buffer = new ArrayBufferWriter<byte>();
        StoredHeadFormat.Write(buffer, key, commit.Head);
        var result = ScriptResult.Lost;
        var isKnown = false;
        try
        {
            if (buffer.WrittenCount + body.Length <= maximumBytes)
            {
                result = await CommitAsync(commit, buffer.WrittenMemory).ConfigureAwait(false);
            }

            isKnown = true;
            return result == ScriptResult.Done;
        }
        finally
        {
            // A commit without an answer may have happened: its body is left to expire if it hasn't.
            Close(State.Committed, isOfUse: !isKnown || result == ScriptResult.Done);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => Close(State.Disposed, isOfUse: false);

    private async ValueTask<ScriptResult> CommitAsync(StoreCommit commit, ReadOnlyMemory<byte> head)
    {
        var result = ScriptResult.TooLarge;

        // A record that would grow too large by a small body takes its head alone.
        for (var mayStayInline = true; result == ScriptResult.TooLarge; mayStayInline = false)
        {
            if (await body.FinishAsync(mayStayInline, commit.Head.BodyId).ConfigureAwait(false) is not { } written)
            {
                return ScriptResult.BodyGone;
            }

            result = await changes.CommitAsync(place, key, commit, head, written).ConfigureAwait(false);
            if (written.IsChunked || body.Length == 0)
            {
                break;
            }
        }

        return result;
    }

    private bool IsOpen()
    {
        ObjectDisposedException.ThrowIf(_state == State.Disposed, this);
        return _state == State.Committed
            ? throw new InvalidOperationException("The response has been committed already.")
            : _state == State.Open;
    }

    private void Close(State state, bool isOfUse)
    {
        if (_state == State.Open)
        {
            body.Dispose();
            if (!isOfUse && body.Key is { } bodyKey)
            {
                _ = DiscardAsync(bodyKey);
            }
        }

        _state = state;
    }

    private async Task DiscardAsync(RedisKey bodyKey)
    {
        try
        {
            await changes.DiscardAsync(bodyKey).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or IOException or ObjectDisposedException)
        {
            // It expires by itself.
        }
    }
}
