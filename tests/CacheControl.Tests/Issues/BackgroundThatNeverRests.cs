using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Issues;

/// <summary>
/// Work in the background that brought nothing new was done again with every hit: behind another cache, which gives the same old response until it expires there, and
/// where the origin refused. After the end of the cache a soft timeout failed what had a stored response.
/// </summary>
public sealed class BackgroundThatNeverRests
{
    [Fact]
    [Trait("Spec", "STL-12")]
    public async Task EagerRefresh_BehindAnotherCache_AsksFewTimes()
    {
        using var fixture = new CacheFixture(options => options.Freshness.EagerRefreshAfter = 0.5);
        var stored = fixture.Time.GetUtcNow() - TimeSpan.FromSeconds(80);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(
            200, "x", ("Cache-Control", "max-age=100"), ("Date", stored.ToString("r")),
            ("Age", ((int)(fixture.Time.GetUtcNow() - stored).TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture)));
        await fixture.GetAsync();

        for (var i = 0; i < 15; i++)
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
            (await fixture.GetAsync()).Cache.Hit.Should().BeTrue();
            await fixture.Cache.Controller.Background.WhenIdleAsync();
        }

        fixture.Origin.Requests.Count.Should().BeLessThanOrEqualTo(4);
    }

    [Theory]
    [Trait("Spec", "STL-12")]
    [InlineData(429)]
    [InlineData(403)]
    [InlineData(302)]
    [InlineData(500)]
    public async Task Refresh_OriginRefuses_RestsBetweenAttempts(int status)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "x", ("Cache-Control", "max-age=1, stale-while-revalidate=600"), ("ETag", "\"a\""));
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(status, "no", ("Location", "http://h/other"));
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(2));

        for (var i = 0; i < 50; i++)
        {
            (await fixture.GetAsync()).Body.Should().Be("x");
            await fixture.Cache.Controller.Background.WhenIdleAsync();
        }

        fixture.Origin.Requests.Should().HaveCount(2);
    }

    [Fact]
    [Trait("Spec", "SRE-12")]
    public async Task SoftTimeout_AfterTheEndOfTheCache_TheOriginIsAsked()
    {
        using var fixture = new CacheFixture(options => options.SoftTimeout = TimeSpan.FromSeconds(1), new MemoryHttpCacheStore());
        fixture.Origin.Then(200, "x", ("Cache-Control", "max-age=1"), ("ETag", "\"a\""));
        await fixture.GetAsync();
        fixture.Cache.Dispose();

        for (var i = 0; i < 2; i++)
        {
            fixture.Origin.ThenAsync((_, cancellationToken) =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                return Task.FromResult(ScriptedOrigin.Response(304, null, ("ETag", "\"a\""), ("Cache-Control", "max-age=1")));
            });
            fixture.Time.Advance(TimeSpan.FromSeconds(2));
            (await fixture.GetAsync()).Body.Should().Be("x");
        }
    }
}
