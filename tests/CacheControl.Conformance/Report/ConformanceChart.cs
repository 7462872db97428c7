using System.Globalization;
using System.Security;
using System.Text;
using HttpCaching.Conformance.Scoring;

namespace HttpCaching.Conformance.Report;

/// <summary>Draws the figures: for each cache a bar for the required tests it passes, and one for the optimal ones.</summary>
internal static class ConformanceChart
{
    private const int Width = 820;
    private const int Margin = 24;
    private const int BarsLeft = 280;
    private const int BarsWidth = 470;
    private const int BarHeight = 11;
    private const int RowHeight = 38;
    private const int GroupHeight = 36;
    private const int HeadHeight = 84;

    // The colours follow the reader's theme, as the page around the picture does.
    private const string Style = """
        <style>
          .paper { fill: #ffffff; stroke: #d8dee4 } .ink { fill: #1f2328 } .soft { fill: #656d76 } .grid { stroke: #d8dee4 }
          .track { fill: #eef1f4 } .required { fill: #2563a8 } .optimal { fill: #5cb6a8 } .own { font-weight: 600 }
          text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; font-size: 13px }
          .title { font-size: 18px; font-weight: 600 } .figure, .soft { font-size: 11px } .figure { font-variant-numeric: tabular-nums }
          .group { font-size: 11px; font-weight: 600; letter-spacing: .06em }
          @media (prefers-color-scheme: dark) {
            .paper { fill: #0d1117; stroke: #30363d } .ink { fill: #e6edf3 } .soft { fill: #8d96a0 } .grid { stroke: #30363d }
            .track { fill: #1c2128 } .required { fill: #4f94e0 } .optimal { fill: #3f9486 }
          }
        </style>
        """;

    public static string Draw(IReadOnlyList<Scorecard> ours, IReadOnlyList<Scorecard> proxies, IReadOnlyList<Scorecard> browsers)
    {
        (string Title, IReadOnlyList<Scorecard> Cards, bool Own)[] groups =
            [("THIS CACHE", ours, true), ("PROXIES AND DELIVERY NETWORKS", proxies, false), ("BROWSERS", browsers, false)];
        var height = HeadHeight + Margin + groups.Sum(group => GroupHeight + (group.Cards.Count * RowHeight));
        var svg = new StringBuilder();
        Line(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{height}" viewBox="0 0 {Width} {height}" role="img" aria-labelledby="title">""");
        Line(svg, $"""<title id="title">Tests of the HTTP cache test suite that each cache passes</title>""");
        svg.Append(Style).Append('\n');
        Line(svg, $"""<rect class="paper" x=".5" y=".5" width="{Width - 1}" height="{height - 1}" rx="8"/>""");
        DrawHead(svg, height);

        var y = HeadHeight;
        foreach (var (title, cards, own) in groups)
        {
            Line(svg, $"""<text class="soft group" x="{Margin}" y="{y + 22}">{title}</text>""");
            y += GroupHeight;
            foreach (var card in cards)
            {
                DrawRow(svg, y, card, own);
                y += RowHeight;
            }
        }

        Line(svg, $"</svg>");
        return svg.ToString();
    }

    private static void DrawHead(StringBuilder svg, int height)
    {
        Line(svg, $"""<text class="ink title" x="{Margin}" y="38">HTTP cache tests passed</text>""");
        Line(svg, $"""<rect class="required" x="{BarsLeft + 200}" y="27" width="12" height="12" rx="2"/><text class="ink" x="{BarsLeft + 218}" y="38">required tests</text>""");
        Line(svg, $"""<rect class="optimal" x="{BarsLeft + 340}" y="27" width="12" height="12" rx="2"/><text class="ink" x="{BarsLeft + 358}" y="38">optimal tests</text>""");
        for (var percent = 0; percent <= 100; percent += 25)
        {
            var x = BarsLeft + (BarsWidth * percent / 100);
            Line(svg, $"""<line class="grid" x1="{x}.5" y1="{HeadHeight - 8}" x2="{x}.5" y2="{height - Margin}"/>""");
            Line(svg, $"""<text class="soft" x="{x}" y="{HeadHeight - 14}" text-anchor="middle">{percent} %</text>""");
        }
    }

    private static void DrawRow(StringBuilder svg, int y, Scorecard card, bool own)
    {
        var name = SecurityElement.Escape(card.Name);
        Line(svg, $"""<text class="ink{(own ? " own" : "")}" x="{BarsLeft - 14}" y="{y + 16}" text-anchor="end">{name}</text>""");
        DrawBar(svg, y, "required", card.Required);
        DrawBar(svg, y + BarHeight + 2, "optimal", card.Optimal);
    }

    private static void DrawBar(StringBuilder svg, int y, string kind, Score score)
    {
        Line(svg, $"""<rect class="track" x="{BarsLeft}" y="{y}" width="{BarsWidth}" height="{BarHeight}" rx="2"/>""");
        Line(svg, $"""<rect class="{kind}" x="{BarsLeft}" y="{y}" width="{BarsWidth * score.Percent / 100:0.#}" height="{BarHeight}" rx="2"><title>{kind}: {score}</title></rect>""");
        Line(svg, $"""<text class="ink figure" x="{BarsLeft + BarsWidth + 8}" y="{y + BarHeight - 1}">{score.Percent:0.0} %</text>""");
    }

    private static void Line(StringBuilder svg, FormattableString line) =>
        svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
