using HttpCaching.Tests.Control;
using HttpCaching.Tests.Storage;

namespace HttpCaching.Tests.Issues;

/// <summary>A private cache's responses are given to everybody by a shared cache over the same store.</summary>
public sealed class KindsOnOneStore
{
    private const string Uri = "http://h/";

    public static TheoryData<string, string> StoresAndFields()
    {
        var data = new TheoryData<string, string>();
        foreach (var kind in SomeStore.Kinds)
        {
            data.Add(kind, "private, max-age=60");
            data.Add(kind, "max-age=60");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(StoresAndFields))]
    [Trait("Spec", "SEC-14")]
    public async Task Get_StoredByTheOtherKind_IsForwarded(string kind, string cacheControl)
    {
        using var store = new SomeStore(kind);
        using var own = new CacheFixture(o => o.SingleUser = true, new Borrowed(store.Store));
        using var shared = new CacheFixture(o => o.Kind = CacheKind.Shared, new Borrowed(store.Store));
        own.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "for one", ("Cache-Control", cacheControl), ("ETag", "\"1\""));
        shared.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "for all", ("Cache-Control", "max-age=60"));

        (await own.GetAsync(Uri, ("Authorization", "Bearer a"))).Body.Should().Be("for one");
        (await own.GetAsync(Uri, ("Authorization", "Bearer a"))).Cache.Hit.Should().BeTrue();

        var first = await shared.GetAsync(Uri);
        first.Body.Should().Be("for all");
        first.Cache.Hit.Should().BeFalse();
        shared.Origin.Requests.Should().ContainSingle().Which["If-None-Match"].Should().BeNull();
        (await shared.GetAsync(Uri)).Cache.Hit.Should().BeTrue();
        (await own.GetAsync(Uri)).Body.Should().Be("for one");
    }

    [Theory]
    [MemberData(nameof(SomeStore.AllKinds), MemberType = typeof(SomeStore))]
    [Trait("Spec", "SEC-14")]
    public async Task Post_ThroughOneKind_InvalidatesTheOthersToo(string kind)
    {
        using var store = new SomeStore(kind);
        using var own = new CacheFixture(store: new Borrowed(store.Store));
        using var shared = new CacheFixture(o => o.Kind = CacheKind.Shared, new Borrowed(store.Store));
        own.Origin.Otherwise = shared.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"));
        await own.GetAsync(Uri);
        await shared.GetAsync(Uri);

        await own.SendAsync(CacheFixture.Request("POST", Uri));

        (await shared.GetAsync(Uri)).Cache.Hit.Should().BeFalse();
        (await own.GetAsync(Uri)).Cache.Hit.Should().BeFalse();
    }

    [Theory]
    [InlineData("GET", 0)]
    [InlineData("HEAD", 0)]
    [InlineData("GET", 100)]
    [Trait("Spec", "SEC-14")]
    public async Task Send_PrivateUnderTheSharedKey_IsNeitherServedNorNominated(string method, int secondsLater)
    {
        using var fixture = new CacheFixture(o => o.Kind = CacheKind.Shared);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "for all", ("Cache-Control", "max-age=60"));
        await fixture.GetAsync("http://h/other");
        var scope = (await Enumerate(fixture)).Single().Key.Scope;
        await PlantAsync(fixture.Store, new CacheKey(Uri, scope));
        fixture.Time.Advance(TimeSpan.FromSeconds(secondsLater));

        var seen = await fixture.SendAsync(CacheFixture.Request(method, Uri));

        seen.Cache.Hit.Should().BeFalse();
        seen.Body.Should().NotContain("one");
        fixture.Origin.Requests[^1]["If-None-Match"].Should().BeNull();
    }

    private static async Task<List<ListedResponse>> Enumerate(CacheFixture fixture) =>
        await ((IHttpCacheStoreMaintenance)fixture.Store).EnumerateAsync(default).ToListAsync();

    private static async Task PlantAsync(IHttpCacheStore store, CacheKey key)
    {
        var head = new StoredResponse
        {
            Method = "GET",
            TargetUri = key.Uri,
            StatusCode = 200,
            HttpVersion = new Version(1, 1),
            Fields = new HttpFields([new("Date", CacheFixture.Date()), new("Cache-Control", "private, max-age=60"), new("ETag", "\"1\"")]),
            Times = new ExchangeTimes(CacheFixture.Start, CacheFixture.Start),
            BodyLength = 3,
            Variant = "GET",
            Rank = 1,
            Generation = 1,
            BodyId = 1,
        };
        using var snapshot = await store.ReadAsync(key, default);
        using var writer = await store.BeginWriteAsync(key, 3, default);
        await writer!.WriteAsync("one"u8.ToArray(), default);
        (await writer.CommitAsync(new StoreCommit { Head = head, Stamp = snapshot.Stamp, Retention = TimeSpan.FromHours(1) }, default)).Should().BeTrue();
    }

    /// <summary>A store that two caches have, and neither disposes.</summary>
    private sealed class Borrowed(IHttpCacheStore store) : PassingStore(store);
}
