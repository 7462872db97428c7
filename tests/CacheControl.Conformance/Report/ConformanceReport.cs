using System.Globalization;
using System.Text;
using HttpCaching.Conformance.Scoring;
using HttpCaching.Conformance.Suite;

namespace HttpCaching.Conformance.Report;

/// <summary>Writes docs/conformance-suite.md and docs/conformance.svg out of the results.</summary>
internal static class ConformanceReport
{
    private const string Columns = "| Cache | Version | Required | | Optimal | | Checks \"yes\" |\n|---|---|--:|--:|--:|--:|--:|";

    public static async Task WriteAsync(SuiteFixture suite, IReadOnlyList<RunResult> ours, Expectations expectations)
    {
        var (proxies, browsers) = await PublishedResults.ReadAsync(suite);
        var docs = Directory.CreateDirectory(Path.Combine(Tooling.Root, "docs")).FullName;
        var cards = ours.Select(result => result.Card).ToList();
        await File.WriteAllTextAsync(Path.Combine(docs, "conformance.svg"), ConformanceChart.Draw(cards, proxies, browsers));

        var text = new StringBuilder();
        AppendIntroduction(text);
        AppendTable(text, "This cache", cards);
        AppendTable(text, "Proxies and delivery networks, as published with the suite", proxies);
        AppendTable(text, "Browsers, as published with the suite", browsers);
        AppendReading(text);
        AppendNotPassed(text, ours, expectations);
        await File.WriteAllTextAsync(Path.Combine(docs, "conformance-suite.md"), text.ToString());
    }

    private static void AppendIntroduction(StringBuilder text) => Lines(
        text,
        "# The HTTP cache test suite",
        "",
        "<!-- Written by tests/CacheControl.Conformance; see the README there. Do not edit. -->",
        "",
        $"Results of the public test suite for HTTP caches, [http-cache-tests](https://github.com/http-tests/cache-tests) {SuiteInstall.Version}, run",
        "against this cache behind a proxy that adds nothing of its own, beside the results that are part of that edition of the suite.",
        "",
        "![Tests passed, per cache](conformance.svg)",
        "");

    private static void AppendReading(StringBuilder text) => Lines(
        text,
        "## How to read the figures",
        "",
        "- **Required** tests ask what the specification demands; **optimal** ones ask whether a response is reused where it may be.",
        "- **Checks** ask what a cache does where either answer is fine. They are counted, not scored.",
        "- Every cache is scored in the same way, by the rules of the suite's own display: a test that builds upon one that was not passed",
        "  is not passed either, nor is one that went wrong while it was being set up.",
        "- Each total is the number of tests that were run against that cache. Browsers run fewer: the suite leaves out what a page cannot see.",
        "- Our private cache runs the proxies' tests, some of which ask for what only a shared cache may do; they are listed below.",
        "- EdgeCache is the sample of a reverse proxy, in a process of its own, as its users start it.",
        "- What no run of ours passes has a corrected twin among our own tests, which passes: see `tests/CacheControl.Tests/Conformance`.",
        "- The published results are those of the versions shown, and of the configurations the suite's author used. Newer versions may do better.",
        "");

    private static void AppendTable(StringBuilder text, string title, IEnumerable<Scorecard> cards)
    {
        Lines(text, $"## {title}", "", Columns);
        foreach (var card in cards)
        {
            Lines(text, $"| {card.Name} | {card.Version} | {card.Required} | {Percent(card.Required)} | {card.Optimal} | {Percent(card.Optimal)} | {card.Checks} |");
        }

        Lines(text, "");
    }

    private static void AppendNotPassed(StringBuilder text, IReadOnlyList<RunResult> ours, Expectations expectations)
    {
        Lines(text, "## What does not pass, and why", "");
        foreach (var result in ours)
        {
            var reasons = expectations.Of(result.Run.Name);
            var failed = result.Card.Outcomes.Where(pair => pair.Value != TestOutcome.Pass && pair.Key.Kind != "check").Select(pair => pair.Key).ToList();
            Lines(text, $"### {result.Run.Title}", "");
            if (failed.Count == 0)
            {
                Lines(text, "Every required and every optimal test passes.", "");
                continue;
            }

            Lines(text, "| Test | Kind | Why |", "|---|---|---|");
            foreach (var test in failed)
            {
                Lines(text, $"| `{test.Id}` | {test.Kind} | {reasons.GetValueOrDefault(test.Id, "Not explained.")} |");
            }

            Lines(text, "");
        }
    }

    private static string Percent(Score score) => score.Percent.ToString("0.0", CultureInfo.InvariantCulture) + " %";

    // Always "\n": the file is the same wherever it is written.
    private static void Lines(StringBuilder text, params ReadOnlySpan<string> lines)
    {
        foreach (var line in lines)
        {
            text.Append(line).Append('\n');
        }
    }
}
