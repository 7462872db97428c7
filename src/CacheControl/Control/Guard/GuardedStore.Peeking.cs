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

    /// <summary>Reads what is stored as <see cref="ReadAsync"/> does, for someone who only looks.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<HttpCacheSnapshot?> PeekAsync(CacheKey key, CancellationToken cancellationToken) =>
        _removals.Any && !await _removals.MakeUpAsync(key.Uri).ConfigureAwait(false)
            ? null
            : await RunAsync("read", () => _store.PeekAsync(key, CancellationToken.None), static late => late.Dispose(), cancellationToken).ConfigureAwait(false);
}
