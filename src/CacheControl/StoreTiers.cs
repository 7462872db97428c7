using HttpCaching.Diagnostics;

namespace HttpCaching;

/// <summary>The parts of a store that tell their size: itself, or its front and its back.</summary>
internal sealed class StoreTiers(IHttpCacheStore store)
{
    private readonly (string? Tier, IHttpCacheStoreUsage Store)[] _parts = [.. PartsOf(store, null)];

    /// <summary>The store that has everything: itself, or its last back.</summary>
    /// <param name="store">The store.</param>
    public static IHttpCacheStore WholeOf(IHttpCacheStore store) => store is TieredHttpCacheStore tiers ? WholeOf(tiers.Back) : store;

    /// <summary>Reads the sizes now.</summary>
    public IReadOnlyList<StoreReading> Read() => Array.ConvertAll(_parts, static part =>
    {
        var usage = part.Store.GetUsage();
        return new StoreReading(part.Tier, usage.Entries, usage.Bytes, usage.MaximumBytes, usage.Evictions);
    });

    /// <summary>Has the observers told of evictions, if one wants to be.</summary>
    /// <param name="observers">The observers.</param>
    /// <param name="faults">Where a store that throws is noted.</param>
    public IDisposable Subscribe(CacheObservers? observers, UserRuleFaults faults)
    {
        var subscriptions = new Subscriptions();
        if (observers is null || !observers.Want(HttpCacheEventKinds.Evicted))
        {
            return subscriptions;
        }

        foreach (var (tier, store) in _parts)
        {
            try
            {
                subscriptions.Add(store.SubscribeToEvictions(eviction => observers.Evicted(eviction.Uri, eviction.Bytes, tier)));
            }
            catch (Exception exception)
            {
                faults.Note(UserRule.StoreUsage, exception);
            }
        }

        return subscriptions;
    }

    private static IEnumerable<(string? Tier, IHttpCacheStoreUsage Store)> PartsOf(IHttpCacheStore store, string? tier) => store switch
    {
        TieredHttpCacheStore tiers => PartsOf(tiers.Front, Path(tier, "front")).Concat(PartsOf(tiers.Back, Path(tier, "back"))),
        IHttpCacheStoreUsage usage => [(tier, usage)],
        _ => [],
    };

    private static string Path(string? outer, string tier) => outer is null ? tier : $"{outer}.{tier}";

    private sealed class Subscriptions : List<IDisposable>, IDisposable
    {
        public void Dispose() => ForEach(static subscription => subscription.Dispose());
    }
}
