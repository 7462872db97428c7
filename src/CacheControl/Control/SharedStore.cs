using System.Runtime.CompilerServices;
using HttpCaching.Control.Flights;
using HttpCaching.Control.Guard;
using HttpCaching.Control.Keys;

namespace HttpCaching.Control;

/// <summary>
/// The flights, removals and names that all caches of one store share in the process. The table finds them by the store, because the caches do not know each other. They go with the store.
/// </summary>
internal sealed class SharedStore
{
    private static readonly ConditionalWeakTable<IHttpCacheStore, SharedStore> OfStores = [];

    /// <summary>The flights of all these caches.</summary>
    public FlightsOfStore Flights { get; } = new();

    /// <summary>The latest removals by filter.</summary>
    public FilteredRemovals Withdrawn { get; } = new();

    /// <summary>The names of URIs in keys.</summary>
    public RenamedUris Renamed { get; } = new();

    /// <summary>The responses with a No-Vary-Search.</summary>
    public EquivalentUris Searches { get; } = new();

    /// <summary>That of a store.</summary>
    /// <param name="store">The store, without tiers before it.</param>
    public static SharedStore Of(IHttpCacheStore store) => OfStores.GetValue(store, static _ => new SharedStore());
}
