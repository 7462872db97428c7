using System.Globalization;
using System.Security;
using System.Text;

namespace HttpCaching.Tests.Docs;

/// <summary>Draws what the cases of docs/performance.md have reached, next to their targets. Each group has a scale of its own.</summary>
internal static class PerformanceChart
{
    private const int Width = 820;
    private const int Margin = 24;
    private const int BarsLeft = 280;
    private const int BarsWidth = 390;
    private const int BarHeight = 14;
    private const int RowHeight = 26;
    private const int GroupHeight = 40;
    private const int HeadHeight = 62;

    // The colours follow the reader's theme, as the page around the picture does.
    private const string Style = """
        <style>
          .paper { fill: #ffffff; stroke: #d8dee4 } .ink { fill: #1f2328 } .soft { fill: #656d76 }
          .track { fill: #eef1f4 } .reached { fill: #2563a8 } .target { stroke: #f97316; stroke-width: 3 }
          text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; font-size: 13px }
          .title { font-size: 18px; font-weight: 600 } .figure, .soft { font-size: 11px } .figure { font-variant-numeric: tabular-nums }
          .group { font-weight: 600; letter-spacing: .06em }
          @media (prefers-color-scheme: dark) {
            .paper { fill: #0d1117; stroke: #30363d } .ink { fill: #e6edf3 } .soft { fill: #8d96a0 }
            .track { fill: #1c2128 } .reached { fill: #4f94e0 } .target { stroke: #fb923c }
          }
        </style>
        """;

    /// <summary>One bar: the figure of a case, and its target.</summary>
    internal sealed record Bar(string Case, double Reached, double Target);

    /// <summary>Bars with one scale.</summary>
    internal sealed record Group(string Title, string Unit, IReadOnlyList<Bar> Bars);

    /// <summary>Draws.</summary>
    /// <param name="groups">The groups, from the top.</param>
    /// <returns>The picture, as SVG.</returns>
    public static string Draw(IReadOnlyList<Group> groups)
    {
        var height = HeadHeight + Margin + groups.Sum(group => GroupHeight + (group.Bars.Count * RowHeight));
        var svg = new StringBuilder();
        Line(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{height}" viewBox="0 0 {Width} {height}" role="img" aria-labelledby="title">""");
        Line(svg, $"""<title id="title">The cost of a hit, a miss, a validation and a stored response, next to the targets</title>""");
        svg.Append(Style.ReplaceLineEndings("\n")).Append('\n');
        Line(svg, $"""<rect class="paper" x=".5" y=".5" width="{Width - 1}" height="{height - 1}" rx="8"/>""");
        Line(svg, $"""<text class="ink title" x="{Margin}" y="38">Cost, less is better</text>""");
        Line(svg, $"""<rect class="reached" x="{BarsLeft + 206}" y="27" width="12" height="12" rx="2"/><text class="ink" x="{BarsLeft + 224}" y="38">reached</text>""");
        Line(svg, $"""<line class="target" x1="{BarsLeft + 316}" y1="25" x2="{BarsLeft + 316}" y2="41"/><text class="ink" x="{BarsLeft + 326}" y="38">target</text>""");

        var y = HeadHeight;
        foreach (var group in groups)
        {
            Line(svg, $"""<text class="soft group" x="{Margin}" y="{y + 26}">{SecurityElement.Escape(group.Title)}</text>""");
            y += GroupHeight;
            var longest = group.Bars.Max(bar => Math.Max(bar.Reached, bar.Target)) * 1.05;
            foreach (var bar in group.Bars)
            {
                DrawBar(svg, y, bar, group.Unit, longest);
                y += RowHeight;
            }
        }

        Line(svg, $"</svg>");
        return svg.ToString();
    }

    private static void DrawBar(StringBuilder svg, int y, Bar bar, string unit, double longest)
    {
        Line(svg, $"""<text class="ink" x="{BarsLeft - 14}" y="{y + BarHeight - 3}" text-anchor="end">{SecurityElement.Escape(bar.Case)}</text>""");
        Line(svg, $"""<rect class="track" x="{BarsLeft}" y="{y}" width="{BarsWidth}" height="{BarHeight}" rx="2"/>""");
        Line(svg, $"""<rect class="reached" x="{BarsLeft}" y="{y}" width="{BarsWidth * bar.Reached / longest:0.#}" height="{BarHeight}" rx="2"/>""");
        var x = BarsLeft + (BarsWidth * bar.Target / longest);
        Line(svg, $"""<line class="target" x1="{x:0.#}" y1="{y - 3}" x2="{x:0.#}" y2="{y + BarHeight + 3}"/>""");
        Line(svg, $"""<text class="ink figure" x="{BarsLeft + BarsWidth + 10}" y="{y + BarHeight - 3}">{bar.Reached:#,0.##}{unit}, target {bar.Target:#,0.##}</text>""");
    }

    private static void Line(StringBuilder svg, FormattableString line) =>
        svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
