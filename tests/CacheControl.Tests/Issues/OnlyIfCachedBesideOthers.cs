using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Issues;

/// <summary>only-if-cached was forgotten where something else in the request, or its mode, kept it from being looked up.</summary>
[Trait("Spec", "REQ-6")]
public sealed class OnlyIfCachedBesideOthers
{
    [Theory]
    [InlineData("no-store", "X-A", "1", 200)]
    [InlineData("no-cache", "X-A", "1", 504)]
    [InlineData("max-age=0", "X-A", "1", 504)]
    [InlineData("", "If-Match", "\"a\"", 504)]
    [InlineData("", "If-Unmodified-Since", "Thu, 01 Jan 2026 12:00:00 GMT", 504)]
    [InlineData("", "X-HTTP-Method-Override", "PUT", 504)]
    [InlineData("", "X-A", "1", 200)]
    public async Task Get_OnlyIfCached_NeverAsksTheOrigin(string directive, string name, string value, int expected)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "one", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""));
        await fixture.GetAsync();

        var seen = await fixture.GetAsync("http://h/", ("Cache-Control", $"{directive}, only-if-cached"), (name, value));

        seen.Status.Should().Be(expected);
        fixture.Origin.Requests.Should().HaveCount(1);
    }

    [Theory]
    [InlineData(HttpCacheMode.Reload, "", 504)]
    [InlineData(HttpCacheMode.Reload, "no-store, ", 504)]
    [InlineData(HttpCacheMode.NoCache, "", 504)]
    [InlineData(HttpCacheMode.NoCache, "no-store, ", 504)]
    [InlineData(HttpCacheMode.NoStore, "", 200)]
    [InlineData(HttpCacheMode.ForceCache, "", 200)]
    [InlineData(HttpCacheMode.ForceCache, "no-store, ", 200)]
    public async Task Get_OnlyIfCachedInAnyMode_NeverAsksTheOrigin(HttpCacheMode mode, string beside, int expected)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "one", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""));
        await fixture.GetAsync();

        (await fixture.SendAsync(CacheFixture.Request("GET", "http://h/", ("Cache-Control", beside + "only-if-cached")).WithCache(mode))).Status.Should().Be(expected);
        fixture.Origin.Requests.Should().HaveCount(1);
    }

    [Theory]
    [InlineData("GET", true, 504)]
    [InlineData("OPTIONS", false, 504)]
    [InlineData("QUERY", true, 504)]
    [InlineData("POST", true, 200)]
    public async Task Send_OnlyIfCachedWithContentOrOtherMethod_AsksTheOriginForUnsafeMethodsOnly(string method, bool hasContent, int expected)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "one");
        var request = CacheFixture.Request(method, "http://h/", ("Cache-Control", "only-if-cached"));
        request.Content = hasContent ? new StringContent("x") : null;

        (await fixture.SendAsync(request)).Status.Should().Be(expected);
        fixture.Origin.Requests.Should().HaveCount(expected == 504 ? 0 : 1);
    }

    [Fact]
    public async Task Send_QueryWhoseContentIsTooLong_Is504()
    {
        using var fixture = new CacheFixture(o => o.Extensions.CacheQuery = true);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "one");
        var request = CacheFixture.Request("QUERY", "http://h/", ("Cache-Control", "only-if-cached"));
        request.Content = new ByteArrayContent(new byte[4 * 1024 * 1024]);

        (await fixture.SendAsync(request)).Status.Should().Be(504);
        fixture.Origin.Requests.Should().BeEmpty();
    }
}
