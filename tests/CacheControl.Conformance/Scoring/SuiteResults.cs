using System.Text.Json;
using HttpCaching.Conformance.Suite;

namespace HttpCaching.Conformance.Scoring;

/// <summary>The results of one cache: for each test <c>true</c>, or the kind and the words of its failure.</summary>
public sealed class SuiteResults
{
    private readonly Dictionary<string, string[]?> failures;

    private SuiteResults(Dictionary<string, string[]?> failures) => this.failures = failures;

    /// <summary>The tests that were run.</summary>
    public IReadOnlyCollection<string> Ids => failures.Keys;

    public static SuiteResults Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var results = document.RootElement.EnumerateObject().ToDictionary(entry => entry.Name, entry => Failure(entry.Value));
        return new SuiteResults(results);
    }

    /// <summary>These results, but those of the given tests from <paramref name="later"/>.</summary>
    public SuiteResults With(IReadOnlySet<string> ids, SuiteResults later) =>
        new(failures.ToDictionary(pair => pair.Key, pair => ids.Contains(pair.Key) ? later.failures.GetValueOrDefault(pair.Key, pair.Value) : pair.Value));

    /// <summary>Whether the test ran and passed, whatever became of the tests it builds upon.</summary>
    public bool Passed(string id) => failures.TryGetValue(id, out var failure) && failure is null;

    /// <summary>What the suite said of a failed test.</summary>
    public string Message(string id) => failures.GetValueOrDefault(id) is { } failure ? string.Join(": ", failure) : "";

    /// <summary>The outcome of a test, looking first to the tests it builds upon, as the suite's own display does.</summary>
    public TestOutcome OutcomeOf(SuiteTest test, IReadOnlyDictionary<string, SuiteTest> tests)
    {
        if (!failures.TryGetValue(test.Id, out var failure))
        {
            return TestOutcome.Untested;
        }

        if (test.DependsOn.Any(id => OutcomeOf(tests[id], tests) != TestOutcome.Pass))
        {
            return TestOutcome.DependencyFailure;
        }

        return failure switch
        {
            null => TestOutcome.Pass,
            ["Setup", "retry", ..] => TestOutcome.Retry,
            ["Setup", ..] => TestOutcome.SetupFailure,
            _ => TestOutcome.Fail,
        };
    }

    private static string[]? Failure(JsonElement result) => result.ValueKind switch
    {
        JsonValueKind.True => null,
        JsonValueKind.Array => [.. result.EnumerateArray().Select(part => part.ToString())],
        _ => [result.ToString()],
    };
}
