using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Issues;

/// <summary>Others let requests prolong lifetimes, lose the Age that came along, or let a heuristic beat no-store.</summary>
public sealed class LifetimeMiscounted
{
    [Fact]
    public async Task Get_LargeRequestMaxAge_ProlongsNothing()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "1", ("Cache-Control", "max-age=10")).Then(200, "2", ("Cache-Control", "max-age=10"));
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(11));

        (await fixture.GetAsync("http://h/", ("Cache-Control", "max-age=1000"))).Body.Should().Be("2");
    }

    [Fact]
    public async Task Get_AgeOnArrival_CountsAgainstTheLifetime()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "1", ("Cache-Control", "max-age=100"), ("Age", "95")).Then(200, "2", ("Cache-Control", "max-age=10"));
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(5));

        (await fixture.GetAsync()).Body.Should().Be("2");
    }

    [Fact]
    public async Task Get_StaleOnError_ShowsItsAge()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "1", ("Cache-Control", "max-age=10, stale-if-error=100")).Then(500, "down");
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(42));

        var stale = await fixture.GetAsync();

        (stale.Body, stale["Age"], stale.Cache.Reason).Should().Be(("1", "42", CacheReason.StaleIfError));
    }

    [Theory]
    [InlineData("no-store", null)]
    [InlineData("no-store, max-age=60", "not a date")]
    public async Task Get_HeuristicAgainstNoStore_DoesNotWin(string cacheControl, string? date)
    {
        foreach (var heuristic in new[] { FreshnessHeuristics.ExpiresAfter(TimeSpan.FromDays(1)), FreshnessHeuristics.OneDay })
        {
            using var fixture = new CacheFixture(o => o.Heuristic = heuristic);
            fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(
                200, "x", [("Cache-Control", cacheControl), .. date is null ? Array.Empty<(string, string)>() : [("Date", date)]]);
            await fixture.GetAsync();

            (await fixture.GetAsync()).Cache.Hit.Should().BeFalse();
        }
    }

    [Fact]
    public async Task Get_OneDayWithABadDate_CountsFromReceipt()
    {
        using var fixture = new CacheFixture(o => o.Heuristic = FreshnessHeuristics.OneDay);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Date", "the other day"));
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromHours(23));
        var before = await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromHours(2));

        before.Cache.Hit.Should().BeTrue();
        (await fixture.GetAsync()).Cache.Hit.Should().BeFalse();
    }

    [Fact]
    public async Task Get_301WithFragment_KeepsBodyAndHits()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(301, "moved", ("Cache-Control", "max-age=60"), ("Location", "/b"));
        await fixture.GetAsync("http://h/a#x");

        var hit = await fixture.GetAsync("http://h/a#y");

        (hit.Status, hit.Body, hit.Cache.Hit).Should().Be((301, "moved", true));
    }
}
