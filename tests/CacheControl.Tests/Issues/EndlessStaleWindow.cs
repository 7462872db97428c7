using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Issues;

/// <summary>Options without an end (stale on errors for ever) overflowed in the retention, and every storable response failed its caller.</summary>
public sealed class EndlessStaleWindow
{
    [Fact]
    public async Task Get_StaleIfErrorForEver_StoresAndServes()
    {
        using var fixture = new CacheFixture(o =>
        {
            o.StaleIfError = TimeSpan.MaxValue;
            o.Freshness.MaximumLifetime = TimeSpan.MaxValue;
            o.DefaultFreshnessLifetime = TimeSpan.MaxValue;
        });
        fixture.Origin.Then(200, "one").Then(200, "two", ("Cache-Control", "max-age=1")).ThenFails();

        (await fixture.GetAsync("http://h/1")).Body.Should().Be("one");
        (await fixture.GetAsync("http://h/1")).Cache.Hit.Should().BeTrue();
        (await fixture.GetAsync("http://h/2")).Body.Should().Be("two");
        fixture.Time.Advance(TimeSpan.FromDays(400));
        (await fixture.GetAsync("http://h/2")).Body.Should().Be("two");
    }
}
