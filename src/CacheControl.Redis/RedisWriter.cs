using System.Buffers;
using HttpCaching.Redis.Bodies;
using HttpCaching.Redis.Changes;
using HttpCaching.Redis.Keys;
using HttpCaching.Redis.Scripts;
using StackExchange.Redis;

namespace HttpCaching.Redis;

/// <summary>Takes a response, and has it stored at the commit.</summary>
internal sealed class RedisWriter(StoreChanges changes, EntryPlace place, CacheKey key, BodyStage body, long maximumBytes) : CheckedHttpCacheWriter(maximumBytes)
{
    private bool _isOfUse;

    /// <inheritdoc/>
    // Not the caller's to cancel once it has begun: half a chunk would be worse than none.
    protected override ValueTask<bool> AppendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => body.AppendAsync(data);

    /// <inheritdoc/>
    protected override async ValueTask<bool> StoreAsync(StoreCommit commit, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>();
        StoredHeadFormat.Write(buffer, key, commit.Head);
        if (buffer.WrittenCount + Length > MaximumBytes)
        {
            return false;
        }

        // A commit without an answer may have happened: its body is left to expire if it hasn't.
        _isOfUse = true;
        _isOfUse = await CommitAsync(commit, buffer.WrittenMemory).ConfigureAwait(false) == ScriptResult.Done;
        return _isOfUse;
    }

    /// <inheritdoc/>
    protected override void Release()
    {
        body.Dispose();
        if (!_isOfUse && body.Key is { } bodyKey)
        {
            _ = DiscardAsync(bodyKey);
        }
    }

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
            if (written.IsChunked || Length == 0)
            {
                break;
            }
        }

        return result;
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
