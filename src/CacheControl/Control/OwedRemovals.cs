using CacheControl.Diagnostics;
using CacheControl.Storage;

namespace CacheControl.Control;

/// <summary>
/// Invalidations and removals that responses from the origin ask for. What the store can't carry out is remembered and tried again by the next read that it may
/// concern; until it has been carried out nothing that it may concern is used.
/// </summary>
/// <param name="guarded">The guarded store.</param>
/// <param name="store">The store.</param>
/// <param name="circuit">Its circuit.</param>
/// <param name="metrics">Where faults are counted.</param>
/// <param name="time">The clock of the limit.</param>
/// <param name="limit">How long is waited for one call.</param>
internal sealed class OwedRemovals(
    GuardedStore guarded, IHttpCacheStore store, StoreCircuit circuit, CacheMetrics metrics, TimeProvider time, TimeSpan limit)
{
    private readonly Tombstones _tombstones = new(canClear: store is IHttpCacheStoreMaintenance);

    /// <summary>Whether anything is owed. All that a hit asks.</summary>
    public bool Any => _tombstones.Any;

    /// <summary>Whether something is owed that may concern a URI.</summary>
    public bool Cover(string uri) => _tombstones.Cover(uri);

    /// <summary>Removes all of a URI.</summary>
    public async ValueTask InvalidateAsync(string uri)
    {
        if (!await TryInvalidateAsync(uri).ConfigureAwait(false))
        {
            _tombstones.Bury(uri);
        }
    }

    /// <summary>Removes many responses, if the store can do that.</summary>
    public async ValueTask RemoveAsync(WideRemoval removal)
    {
        if (store is not IHttpCacheStoreMaintenance maintenance)
        {
            return;
        }

        var tombstone = new WideTombstone();
        if (!await TryRemoveAsync(maintenance, removal, tombstone).ConfigureAwait(false))
        {
            _tombstones.Bury(removal, tombstone);
        }
    }

    /// <summary>
    /// Waits for a removal as long as the limit allows. One that takes longer goes on; that is no sign of a store that hangs, since it may have to look at
    /// everything, and so nothing is held against the store.
    /// </summary>
    private async ValueTask<bool> TryRemoveAsync(IHttpCacheStoreMaintenance maintenance, WideRemoval removal, WideTombstone tombstone)
    {
        if (!circuit.Admits())
        {
            return false;
        }

        var running = removal.RunAsync(maintenance);
        tombstone.Attempt = running;
        try
        {
            await running.WaitAsync(limit, time).ConfigureAwait(false);
            guarded.Succeeded();
            return true;
        }
        catch (TimeoutException) when (!running.IsCompleted)
        {
            circuit.Withdraw();
            metrics.StoreFault(removal.Operation);
            _ = running.ContinueWith(
                static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return false;
        }
        catch (Exception exception)
        {
            if (exception is StorePartUnavailableException)
            {
                tombstone.PartIsAway(time);
            }

            guarded.Fault(exception, removal.Operation);
            return false;
        }
    }

    /// <summary>Tries again what the store has still to remove of a URI; false if it fails again, or if there is more to be made up for meanwhile.</summary>
    public async ValueTask<bool> MakeUpAsync(string uri)
    {
        if (_tombstones.RefuseAll)
        {
            return false;
        }

        if (_tombstones.Of(uri) is { } tombstone
            && !(await TryInvalidateAsync(uri).ConfigureAwait(false) && _tombstones.Forget(uri, tombstone)))
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

    private async ValueTask<bool> MakeUpAsync(WideRemoval removal, WideTombstone tombstone)
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
            return await TryRemoveAsync((IHttpCacheStoreMaintenance)store, removal, tombstone).ConfigureAwait(false)
                && _tombstones.Forget(removal, tombstone);
        }
        finally
        {
            tombstone.Release();
        }
    }

    private async ValueTask<bool> TryInvalidateAsync(string uri) =>
        await guarded.RunAsync("invalidate", () => GuardedStore.Succeeds(store.InvalidateAsync(uri, CancellationToken.None))).ConfigureAwait(false);
}
