using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Predecessor;

/// <summary>Freshness of the application's own: Python's heuristics.</summary>
public sealed class HeuristicsTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(null, 23, true)]
    [InlineData(null, 25, false)]
    [InlineData("max-age=60", 1, false)]
    [InlineData("no-store", 1, false)]
    [Trait("Predecessor", "K51")]
    public async Task OneDay_AppliesWhereNothingIsStated(string? cacheControl, int hours, bool isHit) =>
        (await HitAfterAsync(FreshnessHeuristics.OneDay, hours * Hour, 200, ("Cache-Control", cacheControl))).Should().Be(isHit);

    [Fact]
    [Trait("Predecessor", "B51")]
    public async Task OneDay_WithAnInvalidDate_CountsFromTheReceipt() =>
        (await HitAfterAsync(FreshnessHeuristics.OneDay, Hour, 200, ("Date", "yesterday"))).Should().BeTrue();

    [Theory]
    [InlineData("max-age=60", 1, true)]
    [InlineData("max-age=86400", 3, false)]
    [InlineData("no-store", 0, false)]
    [Trait("Predecessor", "K52")]
    public async Task ExpiresAfter_AppliesToAllButNoStore(string cacheControl, int hours, bool isHit) =>
        (await HitAfterAsync(FreshnessHeuristics.ExpiresAfter(2 * Hour), hours * Hour, 200, ("Cache-Control", cacheControl))).Should().Be(isHit);

    [Theory]
    [InlineData(200, null, 9, true)]
    [InlineData(200, null, 11, false)]
    [InlineData(200, "public", 9, true)]
    [InlineData(200, "max-age=60", 1, false)]
    [InlineData(500, null, 1, false)]
    [Trait("Predecessor", "K53")]
    public async Task LastModified_IsATenthOfTheTimeSinceThen(int status, string? cacheControl, int hours, bool isHit) =>
        (await HitAfterAsync(
            FreshnessHeuristics.LastModified(0.1, TimeSpan.FromDays(1)), hours * Hour, status,
            ("Cache-Control", cacheControl), ("Last-Modified", CacheFixture.Date(-100 * 3600)))).Should().Be(isHit);

    [Fact]
    [Trait("Predecessor", "K53")]
    public async Task LastModified_IsAtMostADay() =>
        (await HitAfterAsync(
            FreshnessHeuristics.LastModified(0.1, TimeSpan.FromDays(1)), 25 * Hour, 200,
            ("Last-Modified", CacheFixture.Date(-1000 * 24 * 3600)))).Should().BeFalse();

    [Fact]
    [Trait("Predecessor", "K54")]
    public async Task Heuristic_OfTheApplication_IsAsked()
    {
        (await HitAfterAsync(new HourForTeapots(), Hour / 2, 418)).Should().BeTrue();
        (await HitAfterAsync(new HourForTeapots(), Hour / 2, 200)).Should().BeFalse();
    }

    [Fact]
    [Trait("Predecessor", "K50")]
    public async Task Heuristic_SeesA304Too()
    {
        using var fixture = new CacheFixture(options => options.Heuristic = FreshnessHeuristics.ExpiresAfter(Hour));
        fixture.Origin.Then(200, "x", ("ETag", "\"a\"")).Then(304, null, ("ETag", "\"a\""));

        await fixture.GetAsync();
        fixture.Time.Advance(2 * Hour);
        (await fixture.GetAsync()).Cache.Reason.Should().Be(CacheReason.Validated);

        (await fixture.GetAsync()).Cache.Hit.Should().BeTrue("the hour begins again with the 304");
    }

    private static async Task<bool> HitAfterAsync(IFreshnessHeuristic heuristic, TimeSpan time, int status, params (string Name, string? Value)[] fields)
    {
        using var fixture = new CacheFixture(options => options.Heuristic = heuristic);
        var given = fields.Where(field => field.Value is not null).Select(field => (field.Name, field.Value!)).ToArray();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(status, "x", given);
        await fixture.GetAsync();
        fixture.Time.Advance(time);
        return (await fixture.GetAsync()).Cache.Hit;
    }

    private sealed class HourForTeapots : IFreshnessHeuristic
    {
        public TimeSpan? LifetimeOf(FreshnessFacts facts) => facts.StatusCode == 418 ? Hour : null;
    }
}
