namespace HttpCaching.Control.Guard;

/// <content>Commits and replaced heads, and the removals by filter that refuse them.</content>
internal sealed partial class GuardedStore
{
    /// <summary>The removals by filter, which the store does not know.</summary>
    public FilteredRemovals Withdrawn { get; init; } = new();

    /// <summary>Commits the written response and disposes the writer.</summary>
    /// <returns>Null if the response is stored, else the reason why the store would not have it.</returns>
    public async ValueTask<NotStoredReason?> CommitAsync(HttpCacheWriter writer, CacheKey key, StoreCommit commit, long askedAfter)
    {
        var call = new CommitCall(writer, commit);
        var isWithdrawn = Withdrawn.Covers(key, commit.Head, askedAfter);
        var isStored = !isWithdrawn && MayStore(key.Uri)
            && await RunAsync("commit", call, static call => new ValueTask<bool>(call.Begin()), null, CancellationToken.None).ConfigureAwait(false);
        var running = call.Running;
        isWithdrawn |= isStored && await WithdrawAsync(key, commit.Head, askedAfter).ConfigureAwait(false);

        NotStoredReason? reason = isStored && !isWithdrawn ? null : isWithdrawn ? NotStoredReason.LostToAnotherWriter : ReasonOf(running);

        // One that ran out of time is still at work.
        if (running is { IsCompleted: false })
        {
            AbandonAfter(running, writer);
        }
        else
        {
            Abandon(writer);
        }

        return reason;
    }

    /// <summary>Replaces a head.</summary>
    /// <returns>Null if it is replaced, else the reason why it is not.</returns>
    public async ValueTask<NotStoredReason?> ReplaceHeadAsync(CacheKey key, long generation, StoredResponse head, long stamp, TimeSpan retention, long askedAfter)
    {
        if (Withdrawn.Covers(key, head, askedAfter))
        {
            return NotStoredReason.LostToAnotherWriter;
        }

        var call = new ReplaceCall(_store, key, generation, head, stamp, retention);
        var isReplaced = await RunAsync("replace head", call, static call => call.Begin(), null, CancellationToken.None).ConfigureAwait(false);
        return !isReplaced ? ReasonOf(call.Running) : await WithdrawAsync(key, head, askedAfter).ConfigureAwait(false) ? NotStoredReason.LostToAnotherWriter : null;
    }

    /// <summary>
    /// Removes a response again if a removal by filter that covers it began while it was being stored: the removal may have looked before the response was there. Whether it did.
    /// </summary>
    private async ValueTask<bool> WithdrawAsync(CacheKey key, StoredResponse head, long askedAfter)
    {
        if (!Withdrawn.Covers(key, head, askedAfter))
        {
            return false;
        }

        await RemoveAsync(key, head.Generation).ConfigureAwait(false);
        return true;
    }
}
