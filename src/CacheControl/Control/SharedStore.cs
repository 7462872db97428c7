using System.Runtime.CompilerServices;
using HttpCaching.Control.Flights;
using HttpCaching.Control.Guard;
using HttpCaching.Control.Keys;

namespace HttpCaching.Control;

/// <summary>What the caches of the process that have one store have in common. It hangs on the store: that is all that they know of each other.</summary>
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
