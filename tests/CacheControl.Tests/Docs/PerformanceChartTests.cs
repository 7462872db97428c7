using static HttpCaching.Tests.Docs.PerformanceChart;
using static HttpCaching.Tests.Docs.PerformanceFigures;

namespace HttpCaching.Tests.Docs;

/// <summary>docs/performance.svg shows the figures of docs/performance.md and the targets of the benchmarks, and no others.</summary>
[Collection(Repository.Writers)]
public sealed class PerformanceChartTests
{
    private const string Results = "Targets and results";

    /// <summary>The cases of the page that the chart shows: the page's name, the name in targets.json, the chart's name, the column of the figure.</summary>
    private static readonly (string Page, string Target, string Shown, int Column)[] Cases =
    [
        ("1. hit, no Vary", "hit", "hit", 2),
        ("1. hit, request with 3 fields", "hit, 3 request fields", "with 3 request fields", 2),
        ("2. hit, fresh URL of 59 characters", "hit, fresh URL of 59", "with a new request", 2),
        ("3. hit, Vary on 2, request with 3 fields", "hit, Vary on 2, 3 request fields", "with Vary on 2 fields", 2),
        ("miss, stored, against F7", "miss, stored", "miss, stored", 2),
        ("a validation that is confirmed, against F7", "validation with 304", "validation with 304", 2),
        ("bytes held for an entry of 1 KiB and 10 fields, before its first hit", "bytes held for an entry of 1 KiB", "1 KiB and 10 fields", 4),
    ];

    public static TheoryData<string, string, int> ShownCases()
    {
        var data = new TheoryData<string, string, int>();
        Array.ForEach(Cases, shown => data.Add(shown.Page, shown.Target, shown.Column));
        return data;
    }

    [Fact]
    public void Chart_ShowsTheFiguresOfThePage() => Repository.ShouldBe("docs/performance.svg", Draw(
    [
        new("A HIT, TIMES THE FLOOR", " ×", [.. Cases[..4].Select(BarOf)]),
        new("A MISS AND A VALIDATION, TIMES THE FLOOR", " ×", [.. Cases[4..6].Select(BarOf)]),
        new("MEMORY FOR A STORED RESPONSE", " B", [.. Cases[6..].Select(BarOf)]),
    ]));

    [Theory]
    [MemberData(nameof(ShownCases))]
    public void Target_OnThePage_IsThatOfTheBenchmark(string page, string target, int column) =>
        Middle(Table(Results)[page][column - 1]).Should().Be(Target(target));

    [Theory]
    [InlineData("1.26", 1.26)]
    [InlineData("1.26, 1.33", 1.295)]
    [InlineData("1.50, 1.10, 1.20 (F8 itself: 9.9)", 1.2)]
    public void Figure_IsTheMiddleOfTheRuns(string cell, double expected) => Middle(cell).Should().BeApproximately(expected, 1e-9);

    private static Bar BarOf((string Page, string Target, string Shown, int Column) shown) =>
        new(shown.Shown, Middle(Table(Results)[shown.Page][shown.Column]), Target(shown.Target));
}
