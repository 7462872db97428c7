using System.Buffers;
using HttpCaching.Redis.Bodies;
using HttpCaching.Redis.Changes;
using HttpCaching.Redis.Keys;
using HttpCaching.Redis.Scripts;
using StackExchange.Redis;

namespace HttpCaching.Redis;

/// <summary>Takes a response, and stores it at the commit.</summary>
internal sealed class RedisWriter(StoreChanges changes, EntryPlace place, CacheKey key, BodyStage body, long maximumBytes) : CheckedHttpCacheWriter(maximumBytes)
{
    private bool _isOfUse;

    /// <inheritdoc/>
    // After the beginning the caller can't cancel: half a chunk would be worse than none.
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

        // A commit without an answer may have happened. If it has not, its body expires.
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

        // If a small body would make the record too large, the record takes only the head.
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
            // The body expires.
        }
    }
}
