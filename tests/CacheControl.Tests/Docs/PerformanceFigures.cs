using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace HttpCaching.Tests.Docs;

/// <summary>The figures of docs/performance.md, and the targets that benchmarks check.</summary>
internal static partial class PerformanceFigures
{
    /// <summary>The rows of the first table below a heading: cells without marks, by the first one.</summary>
    public static Dictionary<string, string[]> Table(string heading)
    {
        var text = Repository.Read("docs/performance.md");
        var start = text.IndexOf($"\n## {heading}\n", StringComparison.Ordinal);
        start.Should().BePositive("docs/performance.md has the heading '{0}'", heading);
        return text[(start + 1)..].Split('\n').SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|')).Skip(2)
            .Select(line => line.Trim('|', ' ').Replace("**", "", StringComparison.Ordinal).Split('|', StringSplitOptions.TrimEntries))
            .ToDictionary(cells => cells[0]);
    }

    /// <summary>The middle of the figures in a cell: <c>1.26, 1.33, 1.5 (beside 2)</c> is 1.33.</summary>
    public static double Middle(string cell)
    {
        var figures = Figure().Matches(cell.Split('(')[0]).Select(match => double.Parse(match.Value, CultureInfo.InvariantCulture)).Order().ToList();
        figures.Should().NotBeEmpty("'{0}' has a figure", cell);
        return figures.Count % 2 == 1 ? figures[figures.Count / 2] : (figures[(figures.Count / 2) - 1] + figures[figures.Count / 2]) / 2;
    }

    /// <summary>The target of a case, from the file that <c>--ratios --check</c> reads.</summary>
    public static double Target(string name)
    {
        using var targets = JsonDocument.Parse(Repository.Read("benchmarks/CacheControl.Benchmarks/targets.json"));
        targets.RootElement.TryGetProperty(name, out var target).Should().BeTrue("targets.json has the case '{0}'", name);
        return target.GetProperty("ratio").GetDouble();
    }

    [GeneratedRegex(@"\d+(\.\d+)?")]
    private static partial Regex Figure();
}
