namespace HttpCaching.Tests.Control;

public sealed class CredentialWalkTests
{
    private static readonly (string, string) MaxAge = ("Cache-Control", "max-age=60");

    [Theory]
    [InlineData("AUT-1", "max-age=60", false)]
    [InlineData("AUT-1", "max-age=60, public", true)]
    [InlineData("AUT-1", "max-age=60, must-revalidate", true)]
    [InlineData("AUT-1", "s-maxage=60", true)]
    public async Task Get_AuthorizationInSharedCache_StoredOnlyIfPermitted(string spec, string cacheControl, bool hit)
    {
        using var fixture = new CacheFixture(o => o.Kind = CacheKind.Shared);
        fixture.Origin.Always(200, ("Cache-Control", cacheControl));

        await fixture.GetAsync(fields: ("Authorization", "Bearer a"));

        (await fixture.GetAsync(fields: ("Authorization", "Bearer b"))).Cache.Hit.Should().Be(hit, spec);
    }

    [Fact]
    [Trait("Spec", "AUT-1")]
    public async Task Get_AuthorizationUnderSharedMaxAge_IsNeverServedStale()
    {
        using var fixture = new CacheFixture(o => o.Kind = CacheKind.Shared);
        fixture.Origin.Always(200, ("Cache-Control", "s-maxage=60, stale-if-error=600, stale-while-revalidate=600"));
        await fixture.GetAsync(fields: ("Authorization", "Bearer a"));
        fixture.Pass(61);

        (await fixture.GetAsync(fields: [("Authorization", "Bearer a"), ("Cache-Control", "max-stale")])).Body.Should().Be("2");
    }

    [Theory]
    [InlineData("AUT-2", CacheKind.Shared, false)]
    [InlineData("AUT-2", CacheKind.Private, true)]
    public async Task Get_AuthorizationAddedBelow_CountsInSharedCache(string spec, CacheKind kind, bool hit)
    {
        using var fixture = new CacheFixture(o => o.Kind = kind);
        fixture.Origin.Otherwise = request =>
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Basic x");
            return ScriptedOrigin.Response(200, "x", MaxAge);
        };

        await fixture.GetAsync();

        (await fixture.GetAsync()).Cache.Hit.Should().Be(hit, spec);
    }

    [Fact]
    [Trait("Spec", "AUT-3")]
    public async Task Get_TwoBearerTokens_NoCrossHit()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Always(200, MaxAge);

        await fixture.GetAsync(fields: ("Authorization", "Bearer a"));

        (await fixture.GetAsync(fields: ("Authorization", "Bearer b"))).Body.Should().Be("2");
        (await fixture.GetAsync()).Body.Should().Be("3");
        (await fixture.GetAsync(fields: ("Authorization", "Bearer a"))).Body.Should().Be("1");
    }

    [Fact]
    [Trait("Spec", "AUT-3")]
    public async Task Get_PartitionGivenByCaller_TakesTheTokensPlace()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Always(200, MaxAge);

        await Get("alice", "Bearer a");

        (await Get("alice", "Bearer renewed")).Body.Should().Be("1");
        (await Get("bob", "Bearer a")).Body.Should().Be("2");

        async Task<Seen> Get(string user, string authorization) =>
            await fixture.SendAsync(CacheFixture.Request("GET", Walks.Uri, ("Authorization", authorization)).WithCachePartition(user));
    }

    [Fact]
    [Trait("Spec", "AUT-4")]
    public async Task Get_Cookies_AreNoObstacleInPrivateCache()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Always(200, MaxAge, ("Set-Cookie", "a=1"));

        await fixture.GetAsync(fields: ("Cookie", "a=0"));
        var hit = await fixture.GetAsync(fields: ("Cookie", "a=1"));

        hit.Cache.Hit.Should().BeTrue();
        hit["Set-Cookie"].Should().Be("a=1");
    }

    [Fact]
    [Trait("Spec", "AUT-6")]
    public async Task Get_VaryNamesFieldAddedBelow_IsNeverReused()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", MaxAge, ("Vary", "Cookie"));

        await fixture.GetAsync();
        await fixture.GetAsync();

        fixture.Hits().Should().Be(2);
    }

    [Fact]
    [Trait("Spec", "AUT-6")]
    public async Task Get_ListOfFieldsAddedBelowEmptied_IsReused()
    {
        using var fixture = new CacheFixture(o => o.Keys.FieldsAddedBelow.Clear());
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", MaxAge, ("Vary", "Cookie"));

        await fixture.GetAsync();
        await fixture.GetAsync();

        fixture.Hits().Should().Be(1);
    }

    [Fact]
    [Trait("Spec", "AUT-7")]
    public async Task Get_ClientsWithDifferentCertificates_KeepSeparateEntriesByName()
    {
        using var store = new MemoryHttpCacheStore();
        var origin = new ScriptedOrigin();
        origin.Always(200, MaxAge);
        using var cacheA = new HttpCache(store, name: "certificate a");
        using var cacheB = new HttpCache(store, name: "certificate b");
        using var a = new HttpClient(new CachingHandler(cacheA) { InnerHandler = origin });
        using var b = new HttpClient(new CachingHandler(cacheB) { InnerHandler = origin });

        (await a.GetStringAsync(Walks.Uri)).Should().Be("1");
        (await b.GetStringAsync(Walks.Uri)).Should().Be("2");
        (await a.GetStringAsync(Walks.Uri)).Should().Be("1");
    }

    [Fact]
    [Trait("Spec", "KEY-5")]
    public async Task Get_UserInfo_DoesNotHitTheAnonymousEntry()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Always(200, MaxAge);

        await fixture.GetAsync("http://h/");

        (await fixture.GetAsync("http://u:p@h/")).Body.Should().Be("2");
        (await fixture.GetAsync("http://u:p@h/")).Body.Should().Be("2");
        (await fixture.GetAsync("http://h/")).Body.Should().Be("1");
    }

    [Fact]
    [Trait("Spec", "KEY-8")]
    public async Task Get_TwoTenants_NoCrossHit()
    {
        using var fixture = new CacheFixture(o =>
        {
            o.Keys.Material = request => request.Headers.GetValues("X-Tenant").Single();
            o.Keys.Fields.Add("Origin");
        });
        fixture.Origin.Always(200, MaxAge);

        (await Get("a", "http://o1")).Body.Should().Be("1");
        (await Get("b", "http://o1")).Body.Should().Be("2");
        (await Get("a", "http://o2")).Body.Should().Be("3");
        (await Get("a", "http://o1")).Body.Should().Be("1");

        Task<Seen> Get(string tenant, string origin) => fixture.GetAsync(fields: [("X-Tenant", tenant), ("Origin", origin)]);
    }
}
