using Microsoft.AspNetCore.Http.Features;

namespace HttpCaching;

/// <summary>That a cache runs the rest of the pipeline. If the same cache comes once more below, it would wait there for the run that it is in.</summary>
/// <param name="cache">The cache.</param>
/// <param name="outer">The cache that runs this one; null for none.</param>
internal sealed class CacheInCharge(HttpCache cache, CacheInCharge? outer)
{
    private readonly HttpCache _cache = cache;
    private readonly CacheInCharge? _outer = outer;

    /// <summary>Whether a cache runs the pipeline at this point.</summary>
    public static bool Is(HttpCache cache, IFeatureCollection features)
    {
        for (var running = features.Get<CacheInCharge>(); running is not null; running = running._outer)
        {
            if (ReferenceEquals(running._cache, cache))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Notes that a cache begins to; returns the one that does so far, to be put back.</summary>
    public static CacheInCharge? Enter(HttpCache cache, IFeatureCollection features)
    {
        var outer = features.Get<CacheInCharge>();
        features.Set(new CacheInCharge(cache, outer));
        return outer;
    }
}
