using HttpCaching.Diagnostics;

namespace HttpCaching.Control.Guard;

internal sealed partial class GuardedStore
{
    /// <summary>Is told of each fault; null for no one.</summary>
    public CacheObservers? Observers { get; init; }

    /// <summary>Counts a fault and tells the observers.</summary>
    public void NoteFault(Exception exception, string operation)
    {
        _metrics.StoreFault(operation);
        Observers?.StoreFault(operation, exception);
    }

    /// <summary>Whether the store is left alone for a pause, because it kept failing.</summary>
    public bool IsCircuitOpen => _circuit.IsOpen;

    /// <summary>
    /// Reads the stored responses of a key for a tool that only looks. Pending removals are not carried out: the snapshot leaves out the responses that they cover, as the next read would that
    /// carries them out.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The snapshot; null if the store failed, its circuit is open, or a pending removal can't be carried out now.</returns>
    public async ValueTask<HttpCacheSnapshot?> PeekAsync(CacheKey key, CancellationToken cancellationToken)
    {
        if (_removals.AreHeldUp(key.Uri))
        {
            return null;
        }

        var snapshot = await RunAsync("read", () => _store.PeekAsync(key, CancellationToken.None), static late => late.Dispose(), cancellationToken).ConfigureAwait(false);
        return snapshot is not null && _removals.Cover(key.Uri)
            ? new RemainingSnapshot(snapshot, [.. snapshot.Responses.Where(head => !_removals.Cover(key.Uri, head))])
            : snapshot;
    }
}
