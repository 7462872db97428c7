using HttpCaching.Conformance.Proxy;

namespace HttpCaching.Conformance;

/// <summary>One run of the suite: a cache with its options, which gets a new store each time.</summary>
/// <param name="Name">The run's key in expectations.json and in the file names of its results.</param>
/// <param name="Title">The run's name in the report.</param>
/// <param name="Options">Makes the options, once a run, of a cache behind the transparent proxy; null for samples/EdgeCache, as it is.</param>
public sealed record ConformanceRun(string Name, string Title, Func<HttpCacheOptions>? Options)
{
    /// <summary>Every run of the suite against our cache. A new opt-in is added here and nowhere else.</summary>
    public static IReadOnlyList<ConformanceRun> All { get; } =
    [
        new("shared", "CacheControl (shared)", () => new HttpCacheOptions { Kind = CacheKind.Shared }),
        new("private", "CacheControl (private)", () => new HttpCacheOptions { Kind = CacheKind.Private }),
        new("shared-opt-ins", "CacheControl (shared, opt-ins on)", () => new HttpCacheOptions
        {
            Kind = CacheKind.Shared,
            Extensions = { TargetedFields = { "CDN-Cache-Control", "Surrogate-Control" }, CacheQuery = true, VerifyDigests = true, HonorClearSiteData = true },
            Keys = { LanguageOrderIsSignificant = false },
            Store = { Post = true, SetCookie = true },
            Stale = { WhenDisconnected = true, WithSharedMaxAge = true },
        }),
        new("edge", "EdgeCache (the sample)", Options: null),
    ];

    /// <summary>Starts what is under test in front of the origin, with nothing stored yet.</summary>
    /// <param name="origin">Where its requests go.</param>
    /// <param name="log">Where the messages on both sides of the cache are written; those of another process are not seen.</param>
    internal async Task<ISubject> StartAsync(Uri origin, TextWriter? log = null)
    {
        if (Options is null)
        {
            return await EdgeProcess.StartAsync(origin);
        }

        return await TransparentProxy.StartAsync(origin, inner => new CachingHandler(store: null, Options()) { InnerHandler = inner }, log);
    }
}
