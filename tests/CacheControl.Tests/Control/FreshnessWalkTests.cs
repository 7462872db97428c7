using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Control;

public sealed class FreshnessWalkTests
{
    private static readonly (string, string) Tag = ("ETag", "\"a\"");

    [Fact]
    [Trait("Spec", "AGE-4")]
    public async Task Get_OriginTakesFiveSeconds_TheyCountAsAge()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(_ =>
        {
            fixture.Pass(5);
            return ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"), ("Age", "2"));
        });
        await fixture.GetAsync();
        fixture.Pass(1);

        (await fixture.GetAsync())["Age"].Should().Be("8");
    }

    [Theory]
    [InlineData("AGE-5", false, "30")]
    [InlineData("AGE-5", true, "0")]
    public async Task Get_DateLongAgo_CountsAsAgeUnlessIgnored(string spec, bool ignore, string age)
    {
        using var fixture = new CacheFixture(o => o.Freshness.IgnoreDateInAge = ignore);
        fixture.Origin.Then(200, "x", ("Cache-Control", "max-age=60"), ("Date", CacheFixture.Date(-30)));
        await fixture.GetAsync();

        (await fixture.GetAsync())["Age"].Should().Be(age, spec);
    }

    [Theory]
    [InlineData("AGE-1", "-7", "0")]
    [InlineData("AGE-1", "7.5", "0")]
    [InlineData("AGE-2", "7, 0", "7")]
    public async Task Get_OddAge_ShowsWhatItWasTakenFor(string spec, string received, string shown)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "x", ("Cache-Control", "max-age=60"), ("Age", received));
        await fixture.GetAsync();

        (await fixture.GetAsync())["Age"].Should().Be(shown, spec);
    }

    [Theory]
    [InlineData("AGE-3", "2147483648")]
    [InlineData("AGE-3", "99999999999999999999")]
    public async Task Get_HugeAge_IsStale(string spec, string age)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Always(200, ("Cache-Control", "max-age=60"), ("Age", age));
        await fixture.GetAsync();

        (await fixture.GetAsync()).Cache.Hit.Should().BeFalse(spec);
    }

    [Fact]
    [Trait("Spec", "AGE-6")]
    public async Task Get_StoredBeforeARestartWithTheClockSetBack_IsForwarded()
    {
        using var before = new CacheFixture();
        before.Origin.Always(200, ("Cache-Control", "max-age=60"));
        await before.GetAsync();
        (await before.GetAsync()).Cache.Hit.Should().BeTrue();

        var origin = new ScriptedOrigin();
        origin.Always(200, ("Cache-Control", "max-age=60"));
        using var cache = new HttpCache(before.Store, timeProvider: new FakeTimeProvider(CacheFixture.Start.AddDays(-1)));
        using var client = new HttpClient(new CachingHandler(cache) { InnerHandler = origin });
        using var response = await client.GetAsync(Walks.Uri);

        origin.Requests.Should().HaveCount(1);
        response.GetCacheStatus()!.Reason.Should().Be(CacheReason.ClockBehind);
    }

    [Fact]
    [Trait("Spec", "AGE-7")]
    public async Task Get_Validated_AgeStartsAnew()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "x", ("Cache-Control", "max-age=2"), Tag, ("Date", CacheFixture.Date()))
            .Then(304, null, Tag, ("Date", CacheFixture.Date(10)), ("Age", "1"))
            .Then(304, null, Tag);
        await fixture.GetAsync();
        fixture.Pass(10);
        await fixture.GetAsync();
        fixture.Pass(0.9);
        (await fixture.GetAsync()).Cache.Hit.Should().BeTrue();
        fixture.Pass(0.1);
        (await fixture.GetAsync()).Cache.Reason.Should().Be(CacheReason.Validated);
        fixture.Pass(1.9);
        (await fixture.GetAsync()).Cache.Hit.Should().BeTrue();
        fixture.Hits().Should().Be(3);
    }

    [Theory]
    [InlineData("FRS-2", "max-age=60", 59.9, true)]
    [InlineData("FRS-2", "max-age=60", 60, false)]
    [InlineData("FRS-2", "max-age=0", 0, false)]
    [InlineData("FRS-1", "max-age=60, s-maxage=1", 59, true)]
    [InlineData("FRS-5", "max-age=60, no-cache", 0, false)]
    [InlineData("FRS-5", "no-cache", 0, false)]
    public async Task Get_Later_FreshOrValidated(string spec, string cacheControl, double seconds, bool hit)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "x", ("Cache-Control", cacheControl), Tag).Then(304, null, Tag);
        await fixture.GetAsync();
        fixture.Pass(seconds);

        var later = await fixture.GetAsync();

        later.Body.Should().Be("x", spec);
        later.Cache.Hit.Should().Be(hit, spec);
        fixture.Origin.Requests.Skip(1).Select(r => r["If-None-Match"]).Should().Equal(hit ? [] : ["\"a\""], spec);
    }

    [Theory]
    [InlineData("EXP-10", 30, -70, 29, true)]
    [InlineData("EXP-10", 30, -70, 30, false)]
    [InlineData("EXP-10", 100, 50, 49, true)]
    [InlineData("EXP-10", 100, 50, 50, false)]
    public async Task Get_ExpiresAndDate_LifetimeIsTheirDifference(string spec, int expires, int date, int seconds, bool hit)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Always(200, ("Expires", CacheFixture.Date(expires)), ("Date", CacheFixture.Date(date)));
        await fixture.GetAsync();
        fixture.Pass(seconds);

        (await fixture.GetAsync()).Cache.Hit.Should().Be(hit, spec);
    }

    [Theory]
    [InlineData("FRS-3", "max-age=60", "0", true)]
    [InlineData("FRS-3", "max-age=60", "Thu, 01 Jan 1970 00:00:00 GMT", true)]
    [InlineData("FRS-3", "max-age=0", "Fri, 01 Jan 2100 00:00:00 GMT", false)]
    [InlineData("EXP-8", "public", "0", false)]
    public async Task Get_ExpiresBesideMaxAge_IsIgnored(string spec, string cacheControl, string expires, bool hit)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Always(200, ("Cache-Control", cacheControl), ("Expires", expires), ("Last-Modified", CacheFixture.Date(-100_000)));
        await fixture.GetAsync();

        (await fixture.GetAsync()).Cache.Hit.Should().Be(hit, spec);
    }

    [Theory]
    [InlineData("FRS-4", null, 3599, true)]
    [InlineData("FRS-4", null, 3600, false)]
    [InlineData("FRS-4", "max-age=1", 2, false)]
    [InlineData("FRS-4", "no-cache", 1, false)]
    [InlineData("FRS-4", "no-store", 1, false)]
    [InlineData("FRS-4", "private", 1, false)]
    [InlineData("FRS-4", "max-age=100000", 7199, true)]
    [InlineData("FRS-4", "max-age=100000", 7200, false)]
    public async Task Get_DefaultLifetime_AppliesWithinLimits(string spec, string? cacheControl, int seconds, bool hit)
    {
        using var fixture = new CacheFixture(o =>
        {
            o.DefaultFreshnessLifetime = TimeSpan.FromHours(1);
            o.Freshness.MaximumLifetime = TimeSpan.FromHours(2);
        });
        fixture.Origin.Always(200, cacheControl is null ? [] : [("Cache-Control", cacheControl)]);
        await fixture.GetAsync();
        fixture.Pass(seconds);

        (await fixture.GetAsync()).Cache.Hit.Should().Be(hit, spec);
    }

    [Theory]
    [InlineData("FRS-6", "https://h/", "max-age=0", 1, true)]
    [InlineData("FRS-6", "https://h/", "no-cache", 1, false)]
    [InlineData("FRS-7", "http://h/", "max-age=0", 1, false)]
    [InlineData("FRS-7", "https://h/", "max-age=0", 60, false)]
    [InlineData("FRS-7", "https://h/", "foo", 60, false)]
    public async Task Get_Immutable_SkipsSoftReloadOverHttpsWhileFresh(string spec, string uri, string request, int seconds, bool hit)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "hello", ("Cache-Control", "max-age=60, immutable"), Tag, ("Content-Length", "5")).Then(304, null, Tag);
        await fixture.GetAsync(uri);
        fixture.Pass(seconds);

        (await fixture.GetAsync(uri, ("Cache-Control", request))).Cache.Hit.Should().Be(hit, spec);

        fixture.Origin.Requests.Skip(1).Select(r => r["If-None-Match"]).Should().Equal(hit ? [] : ["\"a\""], spec);
    }

    [Theory]
    [InlineData("HEU-3", 99, true)]
    [InlineData("HEU-3", 100, false)]
    public async Task Get_LastModifiedOnly_FreshForATenth(string spec, int seconds, bool hit)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Always(200, ("Last-Modified", CacheFixture.Date(-1000)), ("Date", CacheFixture.Date()));
        await fixture.GetAsync("http://h/?q");
        fixture.Pass(seconds);

        (await fixture.GetAsync("http://h/?q")).Cache.Hit.Should().Be(hit, spec);
    }
}
