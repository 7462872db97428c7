using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Issues;

/// <summary>Others skip invalidation for requests with content, compare hosts only, or refresh once for each stale hit.</summary>
public sealed class InvalidationForgotten
{
    [Theory]
    [InlineData("PUT", true)]
    [InlineData("POST", true)]
    [InlineData("DELETE", false)]
    public async Task Unsafe_WithOrWithoutContent_Invalidates(string method, bool hasContent)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "old", ("Cache-Control", "max-age=60")).Then(200, "done").Then(200, "new");
        await fixture.GetAsync();
        using var request = CacheFixture.Request(method, "http://h/");
        request.Content = hasContent ? new StringContent("content") : null;
        await fixture.SendAsync(request);

        (await fixture.GetAsync()).Body.Should().Be("new");
    }

    [Fact]
    public async Task Post_LocationOfAnotherScheme_IsLeftAlone()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "secure", ("Cache-Control", "max-age=60")).Then(201, null, ("Location", "https://h/b"));
        await fixture.GetAsync("https://h/b");
        await fixture.SendAsync(CacheFixture.Request("POST", "http://h/a"));

        (await fixture.GetAsync("https://h/b")).Cache.Hit.Should().BeTrue();
    }

    [Fact]
    public async Task Get_ManyStaleHits_AreRefreshedOnce()
    {
        using var fixture = new CacheFixture();
        var release = new TaskCompletionSource();
        fixture.Origin
            .Then(200, "old", ("Cache-Control", "max-age=1, stale-while-revalidate=60"))
            .ThenAsync(async (_, _) =>
            {
                await release.Task;
                return ScriptedOrigin.Response(200, "new", ("Cache-Control", "max-age=60"));
            });
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        for (var i = 0; i < 100; i++)
        {
            (await fixture.GetAsync()).Cache.Reason.Should().Be(CacheReason.StaleWhileRevalidate);
        }

        release.SetResult();
        await fixture.Cache.Controller.Background.WhenIdleAsync();

        (await fixture.GetAsync()).Body.Should().Be("new");
        fixture.Origin.Requests.Should().HaveCount(2);
    }
}
