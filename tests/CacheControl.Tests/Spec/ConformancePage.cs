using System.Text;

namespace HttpCaching.Tests.Spec;

/// <summary>The page that shows for each requirement whether it is on by default and which tests hold it.</summary>
internal static class ConformancePage
{
    private static readonly (string Family, string Title)[] Subjects =
    [
        ("MTH", "Methods and bypass"), ("STO", "Whether to store"), ("FLD", "What to store"), ("INC", "Completeness"),
        ("AUT", "Credentials and cookies"), ("KEY", "Cache key"), ("VRY", "Vary and variants"), ("CCP", "Cache-Control"),
        ("EXP", "Dates and Expires"), ("AGE", "Age"), ("FRS", "Freshness lifetime"), ("HEU", "Heuristic freshness"),
        ("STL", "Serving stale"), ("REQ", "Request directives"), ("BLD", "Building responses"), ("VAL", "Sending validation"),
        ("VLD", "Handling validation responses"), ("CND", "The caller's conditions"), ("HED", "HEAD"), ("RNG", "Ranges and parts"),
        ("INV", "Invalidation"), ("STA", "Status codes"), ("PST", "POST"), ("QRY", "QUERY"), ("SF", "Structured fields"),
        ("CST", "Cache-Status"), ("TGT", "Targeted fields"), ("GRP", "Cache groups"), ("NVS", "No-Vary-Search"),
        ("CON", "Concurrency and collapsing"), ("SEC", "Security and privacy"), ("SRE", "Store, resilience, limits"), ("HTC", "HttpClient"),
        ("LOOK", "A look inside"),
        ("XPL", "Explanations"),
        ("DI", "Registration"),
        ("RUL", "Rules of the application"),
        ("OBS", "Watching"),
    ];

    /// <summary>The text of the page, in Markdown.</summary>
    public static string Write(IReadOnlyList<Requirement> requirements, ILookup<string, string> tests)
    {
        var page = new StringBuilder();
        var covered = requirements.Count(r => tests.Contains(r.Id));
        Line(page, "# Conformance");
        Line(page);
        Line(page, "What this library holds itself to, and the tests that hold it to that. Generated from `requirements.tsv` and the tests; don't edit it:");
        Line(page, "run the tests with `CACHECONTROL_UPDATE_DOCS=1` instead.");
        Line(page);
        Line(page, $"{requirements.Count} requirements, {covered} with tests. **default**: always so. **option**: so unless the options say otherwise.");
        Line(page, "**opt-in**: only if the options ask for it.");
        foreach (var (family, title) in Subjects)
        {
            Line(page);
            Line(page, $"## {title}");
            Line(page);
            Line(page, "| id | requirement | level | source | | tests |");
            Line(page, "|-|-|-|-|-|-|");
            foreach (var requirement in requirements.Where(r => r.Family == family))
            {
                var names = tests[requirement.Id].Select(name => $"`{name}`");
                Line(
                    page,
                    $"| {requirement.Id} | {requirement.Text} | {requirement.Level} | {requirement.Section} | {requirement.Switch} | {string.Join("<br>", names.DefaultIfEmpty("none yet"))} |");
            }
        }

        return page.ToString();
    }

    /// <summary>The families in the order of the page.</summary>
    public static IEnumerable<string> Families => Subjects.Select(s => s.Family);

    private static void Line(StringBuilder page, string text = "") => page.Append(text).Append('\n');
}
