using HttpCaching.StoreContract;
using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Predecessor;

/// <summary>When a stored response answers a request.</summary>
public sealed class LookupTests
{
    private const string Date = "@date";

    /// <summary>Stored fields (separated by a bar), the seconds that pass, the second request's field, and whether it is a hit.</summary>
    [Theory]
    [Trait("Predecessor", "K14")]
    [InlineData("Cache-Control: max-age=60", 1, "Cache-Control: no-cache", CacheReason.RequestNoCache)]
    [InlineData("Cache-Control: max-age=60", 1, "Cache-Control: max-age=0", CacheReason.RequestMaxAge)]
    [InlineData("Cache-Control: max-age=60", 59, "X: y", CacheReason.Fresh)]
    [InlineData("Cache-Control: max-age=60", 60, "X: y", CacheReason.Expired)]
    [InlineData("Cache-Control: max-age=60", 50, "Cache-Control: min-fresh=5", CacheReason.Fresh)]
    [InlineData("Cache-Control: max-age=60", 50, "Cache-Control: min-fresh=20", CacheReason.RequestMinFresh)]
    [InlineData("Cache-Control: max-age=60", 70, "Cache-Control: max-stale=30", CacheReason.MaxStale)]
    [InlineData("Cache-Control: max-age=60", 70, "Cache-Control: max-age=1000", CacheReason.Expired)]
    [InlineData("Cache-Control: max-age=60|Age: 50", 11, "X: y", CacheReason.Expired)]
    [InlineData("Cache-Control: s-maxage=5, max-age=60", 30, "X: y", CacheReason.Fresh)]
    [InlineData("Cache-Control: MAX-AGE=60", 30, "X: y", CacheReason.Fresh)]
    [InlineData("Cache-Control: no-cache, max-age=60", 1, "X: y", CacheReason.ResponseNoCache)]
    [InlineData("Cache-Control: max-age=60|Date: no date", 30, "X: y", CacheReason.Fresh)]
    [InlineData("Expires: 0|Date: @date|ETag: \"a\"", 1, "X: y", CacheReason.Expired)]
    public async Task Get_OfAStoredResponse_GoesByItsFreshness(string storedFields, int seconds, string field, CacheReason reason)
    {
        using var fixture = new CacheFixture();
        var fields = storedFields.Split('|').Select(Field).ToArray();
        fixture.Origin.Then(200, "stored", fields);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "new", ("Cache-Control", "max-age=60"));

        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(seconds));
        var answer = await fixture.GetAsync("http://h/", Field(field));

        answer.Cache.Reason.Should().Be(reason);
        answer.Body.Should().Be(reason is CacheReason.Fresh or CacheReason.MaxStale ? "stored" : "new");
    }

    [Fact]
    [Trait("Predecessor", "B15")]
    public async Task Get_OfARange_IsServedFromAWholeBody()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "0123456789", ("Cache-Control", "max-age=60"));

        await fixture.GetAsync();
        var part = await fixture.GetAsync("http://h/", ("Range", "bytes=2-4"));

        part.Status.Should().Be(206);
        part.Body.Should().Be("234");
    }

    [Theory]
    [InlineData(StoreCall.Read)]
    [InlineData(StoreCall.OpenBody)]
    [Trait("Predecessor", "K17")]
    public async Task Get_OfWhatCannotBeRead_IsAMiss(StoreCall call)
    {
        using var memory = new MemoryHttpCacheStore();
        using var faulty = new FaultyStore(memory);
        using var fixture = new CacheFixture(store: faulty);
        fixture.Origin.Then(200, "old", ("Cache-Control", "max-age=60")).Then(200, "new", ("Cache-Control", "max-age=60"));

        await fixture.GetAsync();
        faulty.Inject(call, StoreFault.Throw);

        (await fixture.GetAsync()).Body.Should().Be("new");
    }

    [Theory]
    [InlineData("X-A", "1", "1", true)]
    [InlineData("X-A", "1", "2", false)]
    [InlineData("X-A", "1", null, false)]
    [InlineData("X-A", null, null, true)]
    [InlineData("*", "1", "1", false)]
    [Trait("Predecessor", "K18")]
    public async Task Get_WithVary_ComparesTheValues(string vary, string? first, string? second, bool isHit)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"), ("Vary", vary));

        await fixture.GetAsync("http://h/", first is null ? [] : [("X-A", first)]);

        (await fixture.GetAsync("http://h/", second is null ? [] : [("X-A", second)])).Cache.Hit.Should().Be(isHit);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(308)]
    [Trait("Predecessor", "B19")]
    public async Task Get_OfAStalePermanentRedirect_AsksTheOrigin(int status)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(status, "moved", ("Location", "/b"), ("Cache-Control", "max-age=60"));

        await fixture.GetAsync();
        var fresh = await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(61));
        await fixture.GetAsync();

        fresh.Cache.Hit.Should().BeTrue();
        fresh.Body.Should().Be("moved", "the body of a redirect is stored too (B38)");
        fixture.Origin.Requests.Should().HaveCount(2);
    }

    [Fact]
    [Trait("Predecessor", "B27")]
    public async Task Get_OfAStaleResponseWithLastModifiedAlone_ValidatesIt()
    {
        using var fixture = new CacheFixture();
        var modified = CacheFixture.Date(-1000);
        fixture.Origin.Then(200, "x", ("Cache-Control", "max-age=1"), ("Last-Modified", modified)).Then(304, null);

        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        var answer = await fixture.GetAsync();

        answer.Body.Should().Be("x");
        fixture.Origin.Requests[1]["If-Modified-Since"].Should().Be(modified);
    }

    [Fact]
    [Trait("Predecessor", "B28")]
    public async Task Get_WithTheCallersOwnCondition_IsAnsweredByIt()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "x", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""));

        await fixture.GetAsync();

        (await fixture.GetAsync("http://h/", ("If-None-Match", "\"a\""))).Status.Should().Be(304);
        (await fixture.GetAsync("http://h/", ("If-None-Match", "\"b\""))).Status.Should().Be(200);
    }

    [Fact]
    [Trait("Predecessor", "B30")]
    public async Task Get_OnlyIfCached_NeverAsksTheOrigin()
    {
        using var fixture = new CacheFixture();

        (await fixture.GetAsync("http://h/", ("Cache-Control", "only-if-cached"))).Status.Should().Be(504);
        fixture.Origin.Requests.Should().BeEmpty();
    }

    private static (string Name, string Value) Field(string line)
    {
        var parts = line.Split(": ", 2);
        return (parts[0], parts[1] == Date ? CacheFixture.Date() : parts[1]);
    }
}
