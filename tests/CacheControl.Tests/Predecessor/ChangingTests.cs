using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Predecessor;

/// <summary>What a 304 and requests with unsafe methods do to what is stored.</summary>
public sealed class ChangingTests
{
    [Fact]
    [Trait("Predecessor", "K46")]
    public async Task NotModified_UpdatesTheFieldsAndKeepsTheBody()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "body", ("Cache-Control", "max-age=1"), ("ETag", "\"a\""), ("X-Kept", "1"), ("X-New", "old"))
            .Then(304, null, ("Cache-Control", "max-age=60"), ("ETag", "\"a\""), ("X-New", "new"), ("Content-Length", "0"));

        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        var validated = await fixture.GetAsync();
        var hit = await fixture.GetAsync();

        foreach (var answer in new[] { validated, hit })
        {
            answer.Status.Should().Be(200);
            answer.Body.Should().Be("body");
            answer["X-Kept"].Should().Be("1");
            answer["X-New"].Should().Be("new");
            answer["Content-Length"].Should().Be("4");
            answer.Cache.FromCache.Should().BeTrue();
        }

        hit.Cache.Hit.Should().BeTrue();
    }

    [Theory]
    [InlineData("PUT", 204, true)]
    [InlineData("PATCH", 200, true)]
    [InlineData("DELETE", 204, true)]
    [InlineData("POST", 201, true)]
    [InlineData("FROBNICATE", 200, true)]
    [InlineData("PUT", 500, false)]
    [InlineData("DELETE", 404, false)]
    [InlineData("OPTIONS", 200, false)]
    [Trait("Predecessor", "K49")]
    public async Task UnsafeMethod_ThatSucceeds_InvalidatesTheUri(string method, int status, bool isGone)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = request => request.Method == HttpMethod.Get
            ? ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"))
            : ScriptedOrigin.Response(status, null);

        await fixture.GetAsync();
        await fixture.SendAsync(CacheFixture.Request(method, "http://h/"));

        (await fixture.GetAsync()).Cache.Hit.Should().Be(!isGone);
    }

    [Theory]
    [InlineData("Location", "http://h/b", true)]
    [InlineData("Content-Location", "/b", true)]
    [InlineData("Location", "http://other/b", false)]
    [Trait("Predecessor", "B49")]
    public async Task UnsafeMethod_InvalidatesWhatItNames_OnTheSameOrigin(string field, string value, bool isGone)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = request => request.Method == HttpMethod.Get
            ? ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"))
            : ScriptedOrigin.Response(201, null, (field, value));
        var named = new Uri(new Uri("http://h/"), value).AbsoluteUri;

        await fixture.GetAsync(named);
        await fixture.SendAsync(CacheFixture.Request("POST", "http://h/a"));

        (await fixture.GetAsync(named)).Cache.Hit.Should().Be(!isGone);
    }
}
