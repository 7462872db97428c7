using HttpCaching.Control.Time;

namespace HttpCaching.Control.Guard;

/// <summary>
/// Invalidations and removals that responses from the origin ask for. If the store can't carry one out, it is remembered, and tried again by the next read that it may
/// concern and in the background, whichever is first; until it has been carried out nothing that it may concern is used here.
/// </summary>
/// <param name="guarded">The guarded store.</param>
/// <param name="store">The store.</param>
/// <param name="circuit">Its circuit.</param>
/// <param name="time">The clock of the limit.</param>
/// <param name="limit">How long is waited for one call.</param>
/// <param name="journal">Where it is written down, for the case that the process ends; null for nowhere.</param>
internal sealed class PendingRemovals(
    GuardedStore guarded,
    IHttpCacheStore store,
    StoreCircuit circuit,
    TimeProvider time,
    TimeSpan limit,
    PendingRemovalJournal? journal) : IDisposable
{
    private const int AtOnce = 64;

    private static readonly TimeSpan LongestWaitAtDisposal = TimeSpan.FromSeconds(5);

    private readonly PendingRemovalTable _tombstones = new(canClear: store is IHttpCacheStoreMaintenance, journal);
    private PendingRemovalRetries? _retries;

    private PendingRemovalRetries Retries =>
        LazyInitializer.EnsureInitialized(ref _retries, () => new PendingRemovalRetries(MakeUpAllAsync, () => _tombstones.HasAnyToTry, time));

    /// <summary>Whether any removal is pending. A hit asks nothing else.</summary>
    public bool Any => _tombstones.Any;

    /// <summary>Whether a pending removal may concern a URI.</summary>
    public bool Cover(string uri) => _tombstones.Cover(uri);

    /// <summary>Whether a pending removal concerns a response.</summary>
    public bool Cover(string uri, StoredResponse head) => _tombstones.Cover(uri, head);

    /// <summary>Whether a pending removal that may concern a URI can't be carried out now.</summary>
    public bool AreHeldUp(string uri) => Any && (_tombstones.RefuseAll || _tombstones.WideOf(uri).Any(pair => pair.Value.IsHeldUp(time)));

    /// <summary>Takes over what processes have left that have ended. Nothing that it may concern is used until it has been carried out.</summary>
    public void TakeOver() => journal?.TakeOver(removal =>
    {
        if (removal.Kind is not { } kind)
        {
            _tombstones.Bury(removal.What, _tombstones.Announce(removal.What));
        }
        else if (store is IHttpCacheStoreMaintenance)
        {
            var wide = new WideRemoval(kind, removal.What);
            _tombstones.Bury(wide, _tombstones.Announce(wide));
        }

        Retries.Begin();
    });

    /// <summary>Removes all of a URI.</summary>
    public async ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken)
    {
        var tombstone = _tombstones.Announce(uri);
        if (await TryInvalidateAsync(uri, cancellationToken).ConfigureAwait(false))
        {
            _tombstones.Withdraw(tombstone);
        }
        else
        {
            _tombstones.Bury(uri, tombstone);
            Retries.Begin();
        }
    }

    /// <summary>Removes many responses, if the store can do that. The limit is one for all: a removal that is left when it has passed is pending.</summary>
    /// <param name="removals">The removals that one response asks for.</param>
    /// <param name="cancellationToken">Ends the wait; a removal that is left then is pending.</param>
    public async ValueTask RemoveAsync(IEnumerable<WideRemoval> removals, CancellationToken cancellationToken)
    {
        if (store is not IHttpCacheStoreMaintenance maintenance)
        {
            return;
        }

        // All are written down before the first is tried.
        var announced = removals.Select(removal => (Removal: removal, Tombstone: _tombstones.Announce(removal))).ToArray();
        var start = time.GetTimestamp();
        foreach (var (removal, tombstone) in announced)
        {
            var left = limit == Timeout.InfiniteTimeSpan ? limit : limit - time.GetElapsedTime(start);
            var isInTime = !cancellationToken.IsCancellationRequested && (left > TimeSpan.Zero || limit == Timeout.InfiniteTimeSpan);
            if (isInTime && await TryRemoveAsync(maintenance, removal, tombstone, left, cancellationToken).ConfigureAwait(false))
            {
                _tombstones.Withdraw(tombstone);
            }
            else
            {
                _tombstones.Bury(removal, tombstone);
                Retries.Begin();
            }
        }
    }

    /// <summary>
    /// Ends the trials in the background, after one more, for which is waited no longer than for one call, and five seconds at most. What is pending then is left in
    /// the journal.
    /// </summary>
    public void Dispose()
    {
        Retries.Dispose();
        if (_tombstones.HasAnyToTry)
        {
            Task.Run(MakeUpAllAsync).Wait(limit < LongestWaitAtDisposal ? limit : LongestWaitAtDisposal);
        }

        journal?.Dispose();
    }

    /// <summary>
    /// Tries all pending removals again, also while the circuit is open: its pauses may be long, and this asks the store once where callers would ask it often.
    /// </summary>
    /// <returns>Whether no pending removal is left that can be tried.</returns>
    private async Task<bool> MakeUpAllAsync()
    {
        // One first: while the store is away, that is all that it costs.
        var pending = _tombstones.Uris;
        var isAway = pending.Length > 0 && !await MayGoOnAfterAsync(pending[0]).ConfigureAwait(false);
        for (var next = 1; !isAway && next < pending.Length; next += AtOnce)
        {
            var outcomes = await Task.WhenAll(pending.Skip(next).Take(AtOnce).Select(MayGoOnAfterAsync)).ConfigureAwait(false);
            isAway = Array.TrueForAll(outcomes, static mayGoOn => !mayGoOn);
        }

        foreach (var (removal, wide) in isAway ? [] : _tombstones.Wide)
        {
            await MakeUpAsync(removal, wide, isRetry: true).ConfigureAwait(false);
        }

        return !_tombstones.HasAnyToTry;
    }

    /// <summary>Tries an invalidation again.</summary>
    /// <returns>False if the store as a whole can't be asked now.</returns>
    private async Task<bool> MayGoOnAfterAsync(KeyValuePair<string, object> pending)
    {
        Task? running = null;
        try
        {
            running = store.InvalidateAsync(pending.Key, CancellationToken.None).AsTask();
            await running.WaitAsync(limit, time).ConfigureAwait(false);
            guarded.Succeeded();
            _tombstones.Forget(pending.Key, pending.Value);
            return true;
        }
        catch (Exception exception)
        {
            Watch(running);
            guarded.NoteFault(exception, "invalidate");
            return exception is StorePartUnavailableException;
        }
    }

    /// <summary>
    /// Waits for a removal as long as the limit allows. One that takes longer goes on; that is no sign of a store that hangs, since it may have to look at
    /// everything, and so nothing is held against the store.
    /// </summary>
    private async ValueTask<bool> TryRemoveAsync(
        IHttpCacheStoreMaintenance maintenance,
        WideRemoval removal,
        PendingWideRemoval tombstone,
        TimeSpan patience,
        CancellationToken cancellationToken,
        bool isRetry = false)
    {
        if (!isRetry && !circuit.Admits())
        {
            return false;
        }

        using var waiting = BlockingCalls.Begin(patience, time, cancellationToken);
        var running = removal.RunAsync(maintenance);
        tombstone.Attempt = running;
        try
        {
            await BlockingWait.WithinAsync(running, patience, time, cancellationToken).ConfigureAwait(false);
            guarded.Succeeded();
            return true;
        }
        catch (Exception exception) when ((exception is TimeoutException or OperationCanceledException) && !running.IsFaulted && !running.IsCanceled)
        {
            circuit.Withdraw();
            guarded.NoteFault(exception, removal.Operation);
            Watch(running);
            return running.IsCompletedSuccessfully;
        }
        catch (Exception exception)
        {
            if (exception is StorePartUnavailableException)
            {
                tombstone.PartIsAway(time);
            }

            if (isRetry)
            {
                // The fault that made the removal pending was logged. A retry must not open the circuit for callers.
                guarded.NoteFault(exception, removal.Operation);
            }
            else
            {
                guarded.Fault(exception, removal.Operation);
            }

            return false;
        }
    }

    /// <summary>Tries the pending removals of a URI again; false if one fails again, or if another one is pending by now.</summary>
    public async ValueTask<bool> MakeUpAsync(string uri)
    {
        if (_tombstones.RefuseAll)
        {
            return false;
        }

        if (_tombstones.Of(uri) is { } tombstone
            && !(await TryInvalidateAsync(uri, CancellationToken.None).ConfigureAwait(false) && _tombstones.Forget(uri, tombstone)))
        {
            return false;
        }

        foreach (var (removal, wide) in _tombstones.WideOf(uri))
        {
            if (!await MakeUpAsync(removal, wide).ConfigureAwait(false))
            {
                return false;
            }
        }

        return true;
    }

    private async ValueTask<bool> MakeUpAsync(WideRemoval removal, PendingWideRemoval tombstone, bool isRetry = false)
    {
        if (tombstone.Attempt is { IsCompletedSuccessfully: true })
        {
            return _tombstones.Forget(removal, tombstone);
        }

        if (!tombstone.TryClaim(time))
        {
            return false;
        }

        try
        {
            return await TryRemoveAsync((IHttpCacheStoreMaintenance)store, removal, tombstone, limit, CancellationToken.None, isRetry).ConfigureAwait(false)
                && _tombstones.Forget(removal, tombstone);
        }
        finally
        {
            tombstone.Release();
        }
    }

    private async ValueTask<bool> TryInvalidateAsync(string uri, CancellationToken cancellationToken)
    {
        try
        {
            return await guarded.RunAsync(
                "invalidate", () => GuardedStore.Succeeds(store.InvalidateAsync(uri, CancellationToken.None)), null, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The caller has left, whose request has changed something all the same.
            return false;
        }
    }

    /// <summary>Observes the exception of a call whose caller has left.</summary>
    private static void Watch(Task? running) => _ = running?.ContinueWith(
        static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
