namespace HttpCaching.Tests.Control;

/// <summary>Which status codes are stored and reused (RFC 9110 §15, RFC 9111 §3, RFC 6585).</summary>
public sealed class StatusTests
{
    [Theory]
    [InlineData("STA-1", 299, "Cache-Control: max-age=60", true)]
    [InlineData("STA-1", 400, "Cache-Control: max-age=60", true)]
    [InlineData("STA-1", 499, "Cache-Control: max-age=60", true)]
    [InlineData("STA-1", 500, "Cache-Control: max-age=60", true)]
    [InlineData("STA-1", 502, "Cache-Control: max-age=60", true)]
    [InlineData("STA-1", 599, "Cache-Control: max-age=60", true)]
    [InlineData("STA-2", 600, "Cache-Control: max-age=60", false)]
    [InlineData("STA-2", 999, "Cache-Control: max-age=60", false)]
    [InlineData("STA-2", 206, "Cache-Control: max-age=60\nContent-Range: bytes 0-0/1\nETag: \"a\"", false)]
    [InlineData("STA-3", 302, "Last-Modified: Wed, 01 Jan 2020 00:00:00 GMT", false)]
    [InlineData("STA-3", 303, "Last-Modified: Wed, 01 Jan 2020 00:00:00 GMT", false)]
    [InlineData("STA-3", 307, "Last-Modified: Wed, 01 Jan 2020 00:00:00 GMT", false)]
    [InlineData("STA-3", 301, "Last-Modified: Wed, 01 Jan 2020 00:00:00 GMT", true)]
    [InlineData("STA-3", 308, "Last-Modified: Wed, 01 Jan 2020 00:00:00 GMT", true)]
    [InlineData("STA-3", 302, "Cache-Control: max-age=60", true)]
    [InlineData("STA-3", 307, "Expires: Thu, 01 Jan 2026 12:01:00 GMT", true)]
    [InlineData("STA-4", 401, "Cache-Control: max-age=60", false)]
    [InlineData("STA-4", 407, "Cache-Control: max-age=60", false)]
    [InlineData("STA-4", 412, "Cache-Control: max-age=60", false)]
    [InlineData("STA-4", 416, "Cache-Control: max-age=60", false)]
    [InlineData("STA-4", 417, "Cache-Control: max-age=60", false)]
    [InlineData("STA-4", 400, "Cache-Control: public\nLast-Modified: Wed, 01 Jan 2020 00:00:00 GMT", false)]
    [InlineData("STA-4", 413, "Cache-Control: public\nLast-Modified: Wed, 01 Jan 2020 00:00:00 GMT", false)]
    public async Task Get_Status_IsReusedOrNot(string id, int status, string lines, bool isReused)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(
            status, "x", [.. lines.Split('\n').Select(l => (l[..l.IndexOf(':')], l[(l.IndexOf(':') + 2)..]))]);

        var first = await fixture.GetAsync();
        var second = await fixture.GetAsync();

        first.Status.Should().Be(status);
        first.Body.Should().Be("x");
        second.Cache.Hit.Should().Be(isReused, id);
        fixture.Origin.Requests.Should().HaveCount(isReused ? 1 : 2);
    }

    [Fact]
    [Trait("Spec", "STA-4")]
    public async Task Get_AfterA416_IsForwarded()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(416, null, ("Cache-Control", "max-age=60")).Then(200, "x");
        await fixture.GetAsync("http://h/", ("Range", "bytes=100-"));

        (await fixture.GetAsync()).Body.Should().Be("x");
    }

    [Theory]
    [InlineData("STA-5", 503, 9, true)]
    [InlineData("STA-5", 503, 11, false)]
    [InlineData("STA-5", 200, 11, true)]
    public async Task Get_ErrorLifetimeCapped_IsStaleThen(string id, int status, int seconds, bool isFresh)
    {
        using var fixture = new CacheFixture(o => o.Freshness.MaximumErrorLifetime = TimeSpan.FromSeconds(10));
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(status, "x", ("Cache-Control", "max-age=3600"));
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(seconds));

        (await fixture.GetAsync()).Cache.Hit.Should().Be(isFresh, id);
    }

    [Theory]
    [InlineData("STA-5", 404, false)]
    [InlineData("STA-5", 200, true)]
    public async Task Get_StatusFilter_KeepsOthersOut(string id, int status, bool isStored)
    {
        using var fixture = new CacheFixture(o => o.Store.StatusFilter = s => s < 400);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(status, "x", ("Cache-Control", "max-age=3600"));
        await fixture.GetAsync();

        (await fixture.GetAsync()).Cache.Hit.Should().Be(isStored, id);
    }
}
