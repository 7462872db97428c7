using HttpCaching.Diagnostics;

namespace HttpCaching;

/// <summary>The parts of a store that tell their size: itself, or its front and its back.</summary>
internal sealed class StoreTiers(IHttpCacheStore store)
{
    private readonly (string? Tier, IHttpCacheStoreUsage Store)[] _parts = [.. PartsOf(store, null)];

    /// <summary>Reads the sizes now.</summary>
    public IReadOnlyList<StoreReading> Read() => Array.ConvertAll(_parts, static part =>
    {
        var usage = part.Store.GetUsage();
        return new StoreReading(part.Tier, usage.Entries, usage.Bytes, usage.MaximumBytes, usage.Evictions);
    });

    private static IEnumerable<(string? Tier, IHttpCacheStoreUsage Store)> PartsOf(IHttpCacheStore store, string? tier) => store switch
    {
        TieredHttpCacheStore tiers => PartsOf(tiers.Front, Path(tier, "front")).Concat(PartsOf(tiers.Back, Path(tier, "back"))),
        IHttpCacheStoreUsage usage => [(tier, usage)],
        _ => [],
    };

    private static string Path(string? outer, string tier) => outer is null ? tier : $"{outer}.{tier}";
}
