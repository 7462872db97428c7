using HttpCaching.Conformance.Suite;

namespace HttpCaching.Conformance.Scoring;

/// <summary>How many tests of a kind passed, of how many that were run.</summary>
public readonly record struct Score(int Passed, int Total)
{
    public double Percent => Total == 0 ? 0 : 100.0 * Passed / Total;

    public override string ToString() => $"{Passed} of {Total}";
}

/// <summary>The results of one cache, scored: a test that fails, or that builds upon one that does, is not passed.</summary>
public sealed class Scorecard
{
    private Scorecard(string name, string version, IReadOnlyDictionary<SuiteTest, TestOutcome> outcomes)
    {
        Name = name;
        Version = version;
        Outcomes = outcomes;
        Required = Count("required");
        Optimal = Count("optimal");
        Checks = Count("check");
    }

    public string Name { get; }

    public string Version { get; }

    /// <summary>The outcome of every test that was run.</summary>
    public IReadOnlyDictionary<SuiteTest, TestOutcome> Outcomes { get; }

    public Score Required { get; }

    public Score Optimal { get; }

    /// <summary>The checks answered "yes". They ask what a cache does, and neither answer is the better one.</summary>
    public Score Checks { get; }

    public static Scorecard Create(string name, string version, SuiteCatalogue catalogue, SuiteResults results)
    {
        var tests = catalogue.Tests.ToDictionary(test => test.Id);
        var outcomes = catalogue.Tests
            .Select(test => (Test: test, Outcome: results.OutcomeOf(test, tests)))
            .Where(pair => pair.Outcome != TestOutcome.Untested)
            .ToDictionary(pair => pair.Test, pair => pair.Outcome);
        return new Scorecard(name, version, outcomes);
    }

    public override string ToString() => $"required {Required}, optimal {Optimal}, checks yes {Checks}";

    private Score Count(string kind)
    {
        var ofKind = Outcomes.Where(pair => pair.Key.Kind == kind).ToList();
        return new Score(ofKind.Count(pair => pair.Value == TestOutcome.Pass), ofKind.Count);
    }
}
