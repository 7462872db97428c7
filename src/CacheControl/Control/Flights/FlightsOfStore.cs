using System.Collections.Immutable;

namespace HttpCaching.Control.Flights;

/// <summary>The flights of all caches in the process that have one store. A change of the store by one cache ends the flights of the others too: their responses were asked for before it.</summary>
internal sealed class FlightsOfStore
{
    private ImmutableArray<WeakReference<RequestCollapser>> _caches = [];

    /// <summary>Adds those of a cache, for as long as it is in use.</summary>
    public void Add(RequestCollapser flights) =>
        ImmutableInterlocked.Update(ref _caches, (caches, added) => [.. caches.Where(static cache => cache.TryGetTarget(out _)), added], new WeakReference<RequestCollapser>(flights));

    /// <summary>Removes the flights that match: later requests ask again.</summary>
    public void RemoveAll(Predicate<Flight> matches)
    {
        foreach (var cache in _caches)
        {
            if (cache.TryGetTarget(out var flights))
            {
                flights.RemoveOwn(matches);
            }
        }
    }
}
