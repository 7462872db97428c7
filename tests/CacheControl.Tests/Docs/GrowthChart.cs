using System.Globalization;
using System.Security;
using System.Text;

namespace HttpCaching.Tests.Docs;

/// <summary>Draws how the cost of an operation grows, both axes by powers of ten: what does not grow is a level line, what grows with its size a diagonal.</summary>
internal static class GrowthChart
{
    private const int Width = 820;
    private const int Margin = 24;
    private const int PanelHeight = 190;
    private const int HeadHeight = 62;
    private const int PlotLeft = 84;
    private const int PlotWidth = 360;
    private const int PlotTop = 34;
    private const int PlotHeight = 112;
    private const int LegendLeft = PlotLeft + PlotWidth + 28;

    // The colours follow the reader's theme, as the page around the picture does.
    private const string Style = """
        <style>
          .paper { fill: #ffffff; stroke: #d8dee4 } .ink { fill: #1f2328 } .soft { fill: #656d76 } .grid { stroke: #d8dee4 }
          polyline, .key { fill: none; stroke-width: 2.5 } .c0 { stroke: #2563a8 } .c1 { stroke: #c2410c } .c2 { stroke: #15803d } .c3 { stroke: #7c3aed } .c4 { stroke: #6b7280 }
          text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; font-size: 12px }
          .title { font-size: 18px; font-weight: 600 } .group { font-weight: 600; letter-spacing: .06em } .soft { font-size: 11px }
          @media (prefers-color-scheme: dark) {
            .paper { fill: #0d1117; stroke: #30363d } .ink { fill: #e6edf3 } .soft { fill: #8d96a0 } .grid { stroke: #30363d }
            .c0 { stroke: #4f94e0 } .c1 { stroke: #fb923c } .c2 { stroke: #4ade80 } .c3 { stroke: #a78bfa } .c4 { stroke: #9ca3af }
          }
        </style>
        """;

    /// <summary>One curve: the nanoseconds of processor time at each size.</summary>
    internal sealed record Curve(string Name, IReadOnlyList<(double X, double Nanoseconds)> Points);

    /// <summary>Curves over the same sizes.</summary>
    internal sealed record Panel(string Title, IReadOnlyList<Curve> Curves);

    /// <summary>Draws.</summary>
    /// <param name="panels">The panels, from the top.</param>
    /// <returns>The picture, as SVG.</returns>
    public static string Draw(IReadOnlyList<Panel> panels)
    {
        var height = HeadHeight + (panels.Count * PanelHeight);
        var svg = new StringBuilder();
        Line(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{height}" viewBox="0 0 {Width} {height}" role="img" aria-labelledby="title">""");
        Line(svg, $"""<title id="title">The processor time of hits, misses and lists as entries, callers, variants, fields and rules grow</title>""");
        svg.Append(Style.ReplaceLineEndings("\n")).Append('\n');
        Line(svg, $"""<rect class="paper" x=".5" y=".5" width="{Width - 1}" height="{height - 1}" rx="8"/>""");
        Line(svg, $"""<text class="ink title" x="{Margin}" y="38">Processor time of one operation, both axes by powers of ten</text>""");
        for (var i = 0; i < panels.Count; i++)
        {
            DrawPanel(svg, HeadHeight + (i * PanelHeight), panels[i]);
        }

        Line(svg, $"</svg>");
        return svg.ToString();
    }

    private static void DrawPanel(StringBuilder svg, int top, Panel panel)
    {
        var points = panel.Curves.SelectMany(curve => curve.Points).ToList();
        var (left, right) = (points.Min(point => point.X), points.Max(point => point.X));
        var (lower, upper) = (Math.Floor(Math.Log10(points.Min(point => point.Nanoseconds))), Math.Ceiling(Math.Log10(points.Max(point => point.Nanoseconds))));
        upper = Math.Max(upper, lower + 1);
        double Y(double nanoseconds) => top + PlotTop + (PlotHeight * (upper - Math.Log10(nanoseconds)) / (upper - lower));
        double X(double size) => PlotLeft + (PlotWidth * (Scale(size) - Scale(left)) / (Scale(right) - Scale(left)));

        Line(svg, $"""<text class="soft group" x="{Margin}" y="{top + 14}">{SecurityElement.Escape(panel.Title)}</text>""");
        for (var power = lower; power <= upper; power++)
        {
            var y = Y(Math.Pow(10, power));
            Line(svg, $"""<line class="grid" x1="{PlotLeft}" y1="{y:0.#}" x2="{PlotLeft + PlotWidth}" y2="{y:0.#}"/><text class="soft" x="{PlotLeft - 8}" y="{y + 4:0.#}" text-anchor="end">{Time(power)}</text>""");
        }

        foreach (var size in points.Select(point => point.X).Distinct().Order())
        {
            Line(svg, $"""<text class="soft" x="{X(size):0.#}" y="{top + PlotTop + PlotHeight + 16}" text-anchor="middle">{size:#,0}</text>""");
        }

        for (var i = 0; i < panel.Curves.Count; i++)
        {
            var curve = panel.Curves[i];
            var path = string.Join(' ', curve.Points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.X):0.#},{Y(point.Nanoseconds):0.#}")));
            var y = top + PlotTop + 8 + (i * 24);
            Line(svg, $"""<polyline class="c{i}" points="{path}"/>""");
            Line(svg, $"""<line class="key c{i}" x1="{LegendLeft}" y1="{y}" x2="{LegendLeft + 22}" y2="{y}"/><text class="ink" x="{LegendLeft + 32}" y="{y + 4}">{SecurityElement.Escape(curve.Name)}</text>""");
        }
    }

    // None is a size too: that of no rules.
    private static double Scale(double size) => Math.Log10(size + (size < 1 ? 0.5 : 0));

    private static string Time(double power) => power switch
    {
        < 3 => string.Create(CultureInfo.InvariantCulture, $"{Math.Pow(10, power):0} ns"),
        < 6 => string.Create(CultureInfo.InvariantCulture, $"{Math.Pow(10, power - 3):0} µs"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Pow(10, power - 6):0} ms"),
    };

    private static void Line(StringBuilder svg, FormattableString line) =>
        svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
