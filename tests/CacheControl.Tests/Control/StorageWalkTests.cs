namespace HttpCaching.Tests.Control;

public sealed class StorageWalkTests
{
    /// <summary>The same request twice, at the same instant; fields are separated by " | ".</summary>
    [Theory]
    [InlineData("STO-1", CacheKind.Private, 302, "X-A: 1", false)]
    [InlineData("STO-1", CacheKind.Private, 302, "Cache-Control: max-age=60", true)]
    [InlineData("STO-4", CacheKind.Private, 200, "Cache-Control: max-age=60, No-Store", false)]
    [InlineData("STO-4", CacheKind.Private, 200, "Cache-Control: max-age=60 | Expires: Fri, 01 Jan 2100 00:00:00 GMT | cache-control: NO-STORE", false)]
    [InlineData("STO-6", CacheKind.Private, 200, "Cache-Control: max-age=60, no-store, must-understand", true)]
    [InlineData("STO-6", CacheKind.Private, 599, "Cache-Control: max-age=60, must-understand", false)]
    [InlineData("STO-7", CacheKind.Private, 200, "Cache-Control: private, max-age=60", true)]
    [InlineData("STO-7", CacheKind.Shared, 200, "Cache-Control: private, max-age=60", false)]
    [InlineData("STO-8", CacheKind.Private, 302, "Cache-Control: s-maxage=60", false)]
    [InlineData("STO-8", CacheKind.Private, 200, "Cache-Control: max-age=60, s-maxage=0, proxy-revalidate", true)]
    [InlineData("STO-8", CacheKind.Shared, 200, "Cache-Control: max-age=60, s-maxage=0", false)]
    [InlineData("STO-9", CacheKind.Private, 599, "Cache-Control: public | Last-Modified: Thu, 01 Jan 2015 00:00:00 GMT", true)]
    [InlineData("STO-9", CacheKind.Private, 599, "Last-Modified: Thu, 01 Jan 2015 00:00:00 GMT", false)]
    [InlineData("STO-11", CacheKind.Private, 429, "Cache-Control: max-age=60", false)]
    [InlineData("STO-11", CacheKind.Private, 428, "Cache-Control: max-age=60", false)]
    [InlineData("STO-11", CacheKind.Private, 431, "Cache-Control: max-age=60", false)]
    [InlineData("STO-11", CacheKind.Private, 511, "Cache-Control: max-age=60", false)]
    [InlineData("CCP-1", CacheKind.Private, 200, "Cache-Control: no-store, max-age=99999999999", false)]
    [InlineData("CCP-2", CacheKind.Private, 200, "Cache-Control: ,, MaX-aGe=60 ,", true)]
    [InlineData("CCP-10", CacheKind.Private, 200, "Cache-Control: no-cache=\"a, max-age=60", false)]
    [InlineData("AUT-4", CacheKind.Private, 200, "Cache-Control: max-age=60 | Set-Cookie: a=1", true)]
    [InlineData("AUT-5", CacheKind.Shared, 200, "Cache-Control: max-age=60 | Set-Cookie: a=1", false)]
    [InlineData("HEU-1", CacheKind.Private, 404, "Last-Modified: Thu, 01 Jan 2015 00:00:00 GMT", true)]
    [InlineData("HEU-1", CacheKind.Private, 201, "Last-Modified: Thu, 01 Jan 2015 00:00:00 GMT", false)]
    [InlineData("HEU-2", CacheKind.Private, 200, "Cache-Control: max-age=abc | Last-Modified: Thu, 01 Jan 2015 00:00:00 GMT", false)]
    [InlineData("HEU-3", CacheKind.Private, 200, "X-A: 1", false)]
    public async Task Get_Twice_HitOrNot(string spec, CacheKind kind, int status, string fields, bool hit)
    {
        using var fixture = new CacheFixture(o => o.Kind = kind);
        fixture.Origin.Always(status, [.. fields.Split(" | ").Select(line => line.Split(": ", 2)).Select(pair => (pair[0], pair[1]))]);

        await fixture.GetAsync();
        var second = await fixture.GetAsync();

        second.Cache.Hit.Should().Be(hit, spec);
        second.Status.Should().Be(status, spec);
        fixture.Hits().Should().Be(hit ? 1 : 2, spec);
    }

    [Fact]
    [Trait("Spec", "STO-3")]
    public async Task Get_CallersOwn304_PassesAndIsNotStored()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(304, null, ("ETag", "\"a\""), ("Cache-Control", "max-age=60")).Then(200, "body", ("Cache-Control", "max-age=60"));

        (await fixture.GetAsync(fields: ("If-None-Match", "\"a\""))).Status.Should().Be(304);
        var next = await fixture.GetAsync();

        next.Body.Should().Be("body");
        next.Cache.Forward.Should().Be(ForwardReason.UriMiss);
    }

    [Fact]
    [Trait("Spec", "STO-5")]
    public async Task Get_NoStoreInRequestOrResponse_LeavesNothingBehind()
    {
        using var store = new MemoryHttpCacheStore();
        using var fixture = new CacheFixture(store: store);
        fixture.Origin.Then(200, "a", ("Cache-Control", "max-age=60")).Then(200, "b", ("Cache-Control", "no-store")).Then(200, "c", ("Cache-Control", "max-age=60"));

        await fixture.GetAsync("http://h/1", ("Cache-Control", "no-store"));
        await fixture.GetAsync("http://h/2");

        foreach (var uri in (string[])["http://h/1", "http://h/2"])
        {
            using var snapshot = await store.ReadAsync(new CacheKey(uri), default);
            snapshot.Responses.Should().BeEmpty();
        }

        (await fixture.GetAsync("http://h/1")).Body.Should().Be("c");
    }

    [Theory]
    [InlineData("STO-12", 200)]
    [InlineData("STO-12", 404)]
    [InlineData("STO-12", 410)]
    public async Task Get_ReloadGivesUnstorableResponse_DropsTheStoredOne(string spec, int status)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "old", ("Cache-Control", "max-age=60")).Then(status, "new", ("Cache-Control", "no-store")).Then(200, "newer");
        await fixture.GetAsync();

        await fixture.GetAsync(fields: ("Cache-Control", "no-cache"));

        (await fixture.GetAsync()).Body.Should().Be("newer", spec);
    }

    [Fact]
    [Trait("Spec", "STO-12")]
    public async Task Get_ReloadModeGivesUnstorableResponse_DropsTheStoredOne()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "old", ("Cache-Control", "max-age=60")).Then(200, "new", ("Cache-Control", "no-store")).Then(200, "newer");
        await fixture.GetAsync();

        await fixture.SendAsync(CacheFixture.Request("GET", Walks.Uri).WithCache(HttpCacheMode.Reload));

        (await fixture.GetAsync()).Body.Should().Be("newer");
    }

    [Theory]
    [InlineData("STO-12", 403)]
    [InlineData("STO-12", 503)]
    public async Task Get_ReloadFails_KeepsTheStoredOne(string spec, int status)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "old", ("Cache-Control", "max-age=60")).Then(status, "no");
        await fixture.GetAsync();

        (await fixture.GetAsync(fields: ("Cache-Control", "no-cache"))).Status.Should().Be(status, spec);

        (await fixture.GetAsync()).Body.Should().Be("old", spec);
    }

    [Fact]
    [Trait("Spec", "FLD-1")]
    [Trait("Spec", "FLD-2")]
    [Trait("Spec", "FLD-3")]
    [Trait("Spec", "FLD-4")]
    [Trait("Spec", "FLD-6")]
    public async Task Get_Hit_HasTheFieldsThatMayBeStored()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(
            200,
            "x",
            ("Cache-Control", "max-age=60, no-cache=\"x-secret\""),
            ("X-Unknown", "b"),
            ("X-Unknown", "a"),
            ("Set-Cookie", "a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT"),
            ("Set-Cookie", "b=2"),
            ("X-Secret", "1"),
            ("Connection", "X-Hop"),
            ("X-Hop", "1"),
            ("Keep-Alive", "timeout=5"),
            ("Proxy-Authenticate", "Basic"));
        await fixture.GetAsync();

        using var hit = await fixture.Client.GetAsync(Walks.Uri);

        var fields = hit.Headers.NonValidated;
        fields["X-Unknown"].Should().Equal("b", "a");
        fields["Set-Cookie"].Should().Equal("a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT", "b=2");
        fields.Select(f => f.Key).Should().NotContain(["X-Secret", "Connection", "X-Hop", "Keep-Alive", "Proxy-Authenticate"]);
    }

    [Fact]
    [Trait("Spec", "FLD-5")]
    public async Task Get_TagInTrailer_IsNoValidator()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(_ =>
        {
            var response = ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"), ("Trailer", "ETag"));
            response.TrailingHeaders.TryAddWithoutValidation("ETag", "\"a\"");
            return response;
        }).Then(200, "y");
        await fixture.GetAsync();
        var hit = await fixture.GetAsync();
        fixture.Pass(60);
        await fixture.GetAsync();

        hit["ETag"].Should().BeNull();
        hit["Trailer"].Should().BeNull();
        fixture.Origin.Requests[1]["If-None-Match"].Should().BeNull();
    }

    [Fact]
    [Trait("Spec", "FLD-7")]
    public async Task Get_Hit_HasDateOfReceiptAndOtherTimesAsReceived()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "x", ("Cache-Control", "max-age=60,foo"), ("Expires", "0")).Then(200, "y", ("Cache-Control", "max-age=60"), ("Date", "yesterday"));
        await fixture.GetAsync("http://h/1");
        await fixture.GetAsync("http://h/2");
        fixture.Pass(30);

        var hit = await fixture.GetAsync("http://h/1");

        hit["Date"].Should().Be(CacheFixture.Date());
        hit["Expires"].Should().Be("0");
        hit["Cache-Control"].Should().Be("max-age=60,foo");
        (await fixture.GetAsync("http://h/2"))["Date"].Should().Be("yesterday");
    }

    [Fact]
    [Trait("Spec", "FLD-8")]
    public async Task Get_304WithoutAge_DoesNotReviveTheOldAge()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "x", ("Cache-Control", "max-age=60"), ("Age", "500"), ("ETag", "\"a\"")).Then(304, null, ("ETag", "\"a\""));
        await fixture.GetAsync();
        await fixture.GetAsync();
        fixture.Pass(4);

        var hit = await fixture.GetAsync();

        hit.Cache.Hit.Should().BeTrue();
        hit["Age"].Should().Be("4");
    }
}
