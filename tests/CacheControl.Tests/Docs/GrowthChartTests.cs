using System.Globalization;
using static HttpCaching.Tests.Docs.GrowthChart;

namespace HttpCaching.Tests.Docs;

/// <summary>docs/growth.svg shows the figures of docs/growth.tsv, which the benchmarks print with --curves.</summary>
[Collection(Repository.Writers)]
public sealed class GrowthChartTests
{
    private static readonly (string Title, string Suffix)[] Panels =
    [
        ("ENTRIES", "over entries"), ("CALLERS AT ONCE", "over callers at once"), ("VARIANTS OF A URI", "over variants of its URI"),
        ("FIELDS OF A RESPONSE", "over its fields"), ("RULES OF THE OPTIONS", "over rules of the options"),
    ];

    [Fact]
    public void Chart_ShowsTheFiguresOfTheTable() => Repository.ShouldBe("docs/growth.svg", Draw([.. Panels.Select(PanelOf)]));

    [Fact]
    public void Table_HasNoCurveThatIsNotShown() =>
        Rows().Select(row => row.Curve).Distinct().Should().OnlyContain(curve => Panels.Any(panel => curve.EndsWith(", " + panel.Suffix, StringComparison.Ordinal)));

    private static Panel PanelOf((string Title, string Suffix) panel) => new(panel.Title,
    [
        .. Rows().Where(row => row.Curve.EndsWith(", " + panel.Suffix, StringComparison.Ordinal)).GroupBy(row => row.Curve)
            .Select(curve => new Curve(curve.Key[..^(panel.Suffix.Length + 2)], [.. curve.Select(row => (row.X, row.Nanoseconds))])),
    ]);

    private static (string Curve, double X, double Nanoseconds)[] Rows() =>
    [
        .. Repository.Read("docs/growth.tsv").Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split('\t'))
            .Select(cells => (cells[0], double.Parse(cells[1], CultureInfo.InvariantCulture), double.Parse(cells[2], CultureInfo.InvariantCulture))),
    ];
}
