using System.Text.Json;

namespace HttpCaching.Conformance.Scoring;

/// <summary>The tests that a run is not expected to pass, each with the reason: expectations.json.</summary>
public sealed class Expectations
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { ReadCommentHandling = JsonCommentHandling.Skip };
    private readonly IReadOnlyList<Expectation> all;

    private Expectations(IReadOnlyList<Expectation> all) => this.all = all;

    /// <summary>The tests that are listed for some run.</summary>
    public IReadOnlyList<string> Ids => [.. all.SelectMany(expectation => expectation.Tests).Distinct()];

    public static Expectations Read()
    {
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "expectations.json"));
        return new Expectations(JsonSerializer.Deserialize<List<Expectation>>(text, Json)!);
    }

    /// <summary>Test id to reason, for one run.</summary>
    public IReadOnlyDictionary<string, string> Of(string run) =>
        all.Where(expectation => expectation.Runs.Contains(run)).SelectMany(expectation => expectation.Tests.Select(id => (id, expectation.Why))).ToDictionary();

    /// <summary>Every way in which a run differs from what is expected of it, a line each.</summary>
    public IReadOnlyList<string> Differences(string run, Scorecard card, SuiteResults results)
    {
        var listed = Of(run);
        var judged = card.Outcomes.Where(pair => pair.Key.Kind != "check").ToDictionary(pair => pair.Key.Id, pair => pair.Value);
        var unlisted = judged
            .Where(pair => pair.Value != TestOutcome.Pass && !listed.ContainsKey(pair.Key))
            .Select(pair => $"{pair.Key} is not listed, but: {pair.Value} {results.Message(pair.Key)}");
        var stale = listed.Keys
            .Where(id => !judged.TryGetValue(id, out var outcome) || outcome == TestOutcome.Pass)
            .Select(id => judged.ContainsKey(id) ? $"{id} is listed, but it passes" : $"{id} is listed, but no such test was run");
        var silent = listed.Where(pair => string.IsNullOrWhiteSpace(pair.Value)).Select(pair => $"{pair.Key} is listed without a reason");
        return [.. unlisted.Concat(stale).Concat(silent).Order(StringComparer.Ordinal)];
    }

    /// <summary>Tests that are not expected to pass in some runs, for one reason.</summary>
    private sealed record Expectation(string Why, IReadOnlyList<string> Runs, IReadOnlyList<string> Tests);
}
