using HttpCaching.Redis.Tests.Contract;
using HttpCaching.Redis.Tests.Engines;
using HttpCaching.Redis.Tests.Faults;

namespace HttpCaching.Redis.Tests.Store;

/// <summary>An application with a private cache and a shared cache on one engine with one prefix: what the one stores the other doesn't see.</summary>
public sealed class KindsOnOneEngineTests(GarnetEngine engine) : IClassFixture<GarnetEngine>
{
    private const string Path = "p0";

    [Theory]
    [InlineData("private, max-age=3600", true)]
    [InlineData("private, max-age=3600", false)]
    [InlineData("max-age=3600", true)]
    public async Task Get_StoredByAPrivateCache_IsForwardedByASharedOne(string cacheControl, bool inFront)
    {
        var options = Prefixes.Fresh();
        using var ownStore = new RedisHttpCacheStore(engine.Configuration, options);
        using var sharedStore = new RedisHttpCacheStore(engine.Configuration, options);
        using var front = new MemoryHttpCacheStore();
        using var tier = new TieredHttpCacheStore(front, sharedStore);
        var origin = new VersionedHandler(1000) { CacheControl = cacheControl };
        using var own = ClientOf(ownStore, CacheKind.Private, origin);
        using var shared = ClientOf(inFront ? tier : sharedStore, CacheKind.Shared, origin);

        await AskAsync(own);
        (await AskAsync(own)).Hit.Should().BeTrue();
        var seen = await AskAsync(shared);

        seen.Hit.Should().BeFalse();
        origin.GetsOf(Path).Should().Be(2);
        (await AskAsync(own)).Hit.Should().BeTrue();
    }

    private static HttpClient ClientOf(IHttpCacheStore store, CacheKind kind, VersionedHandler origin) =>
        new(new CachingHandler(store, new HttpCacheOptions { Kind = kind }) { InnerHandler = origin }, disposeHandler: false);

    private static async Task<CacheStatus> AskAsync(HttpClient client)
    {
        using var response = await client.GetAsync("https://example.org/" + Path);
        await response.Content.ReadAsByteArrayAsync();
        return response.GetCacheStatus()!;
    }
}
