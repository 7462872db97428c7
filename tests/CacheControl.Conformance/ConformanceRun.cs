using CacheControl.Model;

namespace CacheControl.Conformance;

/// <summary>One run of the suite: a cache with its options, which gets a new store each time.</summary>
/// <param name="Name">The run's key in expectations.json and in the file names of its results.</param>
/// <param name="Title">The run's name in the report.</param>
/// <param name="Options">Makes the options; called once a run.</param>
public sealed record ConformanceRun(string Name, string Title, Func<HttpCacheOptions> Options)
{
    /// <summary>Every run of the suite against our cache. A new opt-in is added here and nowhere else.</summary>
    public static IReadOnlyList<ConformanceRun> All { get; } =
    [
        new("shared", "CacheControl (shared)", () => new HttpCacheOptions { Kind = CacheKind.Shared }),
        new("private", "CacheControl (private)", () => new HttpCacheOptions { Kind = CacheKind.Private }),
        new("shared-opt-ins", "CacheControl (shared, opt-ins on)", () => new HttpCacheOptions
        {
            Kind = CacheKind.Shared,
            TargetedFields = { "CDN-Cache-Control", "Surrogate-Control" },
            LanguageOrderIsSignificant = false,
            StorePost = true,
            CacheQuery = true,
            StoreSetCookie = true,
            ServeStaleWhenDisconnected = true,
            AllowStaleWithSharedMaxAge = true,
            VerifyDigests = true,
            HonorClearSiteData = true,
        }),
    ];

    /// <summary>The cache of this run, over <paramref name="inner"/>, with nothing stored yet.</summary>
    public HttpMessageHandler CreateHandler(HttpMessageHandler inner) =>
        new CachingHandler(store: null, Options()) { InnerHandler = inner };
}
