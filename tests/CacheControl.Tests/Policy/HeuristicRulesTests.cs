using CsCheck;
using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

public sealed class HeuristicRulesTests
{
    public static TheoryData<string, int, bool> Statuses()
    {
        int[] open = [200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 451, 501];
        var rows = new TheoryData<string, int, bool>();
        foreach (var status in Enumerable.Range(200, 400))
        {
            rows.Add("HEU-1", status, open.Contains(status));
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Statuses))]
    public void FreshnessLifetime_Status_HeuristicOnlyWhereDefined(string spec, int status, bool allowed) =>
        Given.Evaluated(status, "Last-Modified: @-1000 | Date: @0").IsHeuristic.Should().Be(allowed, spec);

    [Theory]
    [InlineData("HEU-1", "private", 201, "Cache-Control: public", 100)]
    [InlineData("HEU-1", "private", 302, "Cache-Control: private", 100)]
    [InlineData("HEU-1", "shared", 302, "Cache-Control: public", 100)]
    [InlineData("HEU-1", "shared", 302, "Cache-Control: private", 0)]
    [InlineData("HEU-1", "private", 421, "X-A: 1", 0)]
    [InlineData("HEU-1", "private", 425, "X-A: 1", 0)]
    [InlineData("STO-9", "private", 599, "Cache-Control: public", 100)]
    [InlineData("HEU-2", "private", 200, "Cache-Control: max-age=abc", 0)]
    [InlineData("HEU-2", "private", 200, "Cache-Control: max-age", 0)]
    [InlineData("HEU-2", "private", 200, "Expires: never", 0)]
    [InlineData("HEU-2", "shared", 200, "Cache-Control: s-maxage=x", 0)]
    [InlineData("HEU-2", "private", 200, "Cache-Control: s-maxage=x", 100)]
    [InlineData("HEU-2", "private", 200, "Cache-Control: max-age=7", 7)]
    [InlineData("CCP-10", "private", 200, "Cache-Control: foo=\"bar", 0)]
    [InlineData("CCP-12", "private", 200, "Pragma: no-cache", 0)]
    [InlineData("HEU-3", "private", 200, "X-A: 1", 100)]
    public void FreshnessLifetime_LastModified1000SecondsAgo_Seconds(string spec, string kind, int status, string fields, int expected) =>
        Given.Evaluated(status, fields + " | Last-Modified: @-1000 | Date: @0", Given.Settings(kind)).FreshnessLifetime
            .Should().Be(TimeSpan.FromSeconds(expected), spec);

    [Theory]
    [InlineData("HEU-3", "Date: @0", 0)]
    [InlineData("HEU-3", "Last-Modified: @100 | Date: @0", 0)]
    [InlineData("HEU-3", "Last-Modified: gibberish | Date: @0", 0)]
    [InlineData("HEU-3", "Last-Modified: @-1000", 100)]
    [InlineData("HEU-3", "Last-Modified: @-1000 | Date: @-500", 50)]
    [InlineData("HEU-3", "Last-Modified: @-863999 | Date: @0", 86399.9)]
    [InlineData("HEU-3", "Last-Modified: @-900000 | Date: @0", 86400)]
    public void FreshnessLifetime_Dates_TenthWithinLimits(string spec, string fields, double expected) =>
        Given.Evaluated(200, fields, uri: "https://h/?a=1").FreshnessLifetime.Should().Be(TimeSpan.FromSeconds(expected), spec);

    [Theory]
    [InlineData("HEU-3", 0, 24, 0)]
    [InlineData("HEU-3", 0.5, 24, 500)]
    [InlineData("HEU-3", 1, 0, 0)]
    public void FreshnessLifetime_FractionAndCap_Configurable(string spec, double fraction, int hours, int expected) =>
        Given.Evaluated(
            200, "Last-Modified: @-1000 | Date: @0", Given.Private with { HeuristicFraction = fraction, MaximumHeuristicLifetime = TimeSpan.FromHours(hours) })
            .FreshnessLifetime.Should().Be(TimeSpan.FromSeconds(expected), spec);

    [Fact]
    [Trait("Spec", "HEU-3")]
    public void SinceLastModified_AnyDates_BoundedAndMonotone() =>
        Gen.Select(Gen.Long[0, DateTime.MaxValue.Ticks], Gen.Long[0, DateTime.MaxValue.Ticks], Gen.Long[0, DateTime.MaxValue.Ticks], Gen.Double[0, 1])
            .Sample((date, one, other, fraction) =>
            {
                var maximum = TimeSpan.FromHours(24);
                var newer = Lifetime(date, Math.Max(one, other), fraction, maximum);
                var older = Lifetime(date, Math.Min(one, other), fraction, maximum);
                return newer >= TimeSpan.Zero && newer <= older && older <= maximum;
            });

    private static TimeSpan Lifetime(long date, long modified, double fraction, TimeSpan maximum) => FreshnessRules.SinceLastModified(
        new DateTimeOffset(date, TimeSpan.Zero), new DateTimeOffset(modified, TimeSpan.Zero), fraction, maximum);
}
