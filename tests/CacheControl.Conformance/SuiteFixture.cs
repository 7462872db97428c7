using HttpCaching.Conformance.Scoring;
using HttpCaching.Conformance.Suite;

namespace HttpCaching.Conformance;

/// <summary>What the runs share: the installed suite, its origin server, and the results of the runs made so far.</summary>
public sealed class SuiteFixture : IAsyncLifetime
{
    private const int MaximumTurns = 3;

    private readonly Dictionary<string, Task<RunResult>> runs = [];
    private SuiteOrigin origin = null!;
    private SuiteClient client = null!;

    public SuiteFolder Folder { get; private set; } = null!;

    public SuiteCatalogue Catalogue { get; private set; } = null!;

    internal SuiteOrigin Origin => origin;

    internal SuiteClient Client => client;

    public async Task InitializeAsync()
    {
        if (Tooling.SkipReason is not null)
        {
            // Every test is left out, but the fixture is still made.
            return;
        }

        if (Tooling.Missing is { } missing)
        {
            throw new InvalidOperationException(missing);
        }

        Directory.CreateDirectory(Tooling.Artifacts);
        Folder = new SuiteFolder(Tooling.OtherSuite ?? await SuiteInstall.EnsureAsync());
        Catalogue = await SuiteCatalogue.ReadAsync(Folder);
        origin = await SuiteOrigin.StartAsync(Folder);
        client = new SuiteClient(Folder);
    }

    public async Task DisposeAsync()
    {
        if (origin is not null)
        {
            await origin.DisposeAsync();
        }
    }

    /// <summary>The results of a run; the first to ask makes it run.</summary>
    public Task<RunResult> ResultOfAsync(ConformanceRun run)
    {
        if (!runs.TryGetValue(run.Name, out var result))
        {
            runs[run.Name] = result = RunAsync(run);
        }

        return result;
    }

    private async Task<RunResult> RunAsync(ConformanceRun run)
    {
        var faults = new List<Exception>();
        var results = await RunOnceAsync(run, $"results-{run.Name}.json", faults);
        var listed = Expectations.Read().Of(run.Name);

        // The suite's time is real: where the machine stood still, a response is stale before the suite asks for it again. What could not be
        // set up has not been tested, and says nothing about the cache: it gets another turn. Whatever was tested stands.
        for (var turn = 2; turn <= MaximumTurns; turn++)
        {
            var untested = CardOf(run, results).Outcomes
                .Where(pair => pair.Key.Kind != "check" && pair.Value == TestOutcome.SetupFailure && !listed.ContainsKey(pair.Key.Id))
                .Select(pair => pair.Key.Id)
                .ToHashSet();
            if (untested.Count == 0)
            {
                break;
            }

            results = results.With(untested, await RunOnceAsync(run, $"results-{run.Name}-{turn}.json", faults));
        }

        return new RunResult(run, results, CardOf(run, results), faults);
    }

    private async Task<SuiteResults> RunOnceAsync(ConformanceRun run, string file, List<Exception> faults)
    {
        await using var proxy = await run.StartAsync(origin.Address);
        var json = await client.RunAllAsync(proxy.Address);
        await File.WriteAllTextAsync(Path.Combine(Tooling.Artifacts, file), json);
        faults.AddRange(proxy.Faults);
        return SuiteResults.Parse(json);
    }

    private Scorecard CardOf(ConformanceRun run, SuiteResults results) => Scorecard.Create(run.Title, "this version", Catalogue, results);
}

/// <summary>The tests that share the fixture; so they also run one at a time, as the suite's pauses need a quiet machine.</summary>
[CollectionDefinition(Name)]
public sealed class SuiteCollection : ICollectionFixture<SuiteFixture>
{
    public const string Name = "suite";
}

/// <summary>One finished run.</summary>
public sealed record RunResult(ConformanceRun Run, SuiteResults Results, Scorecard Card, IReadOnlyList<Exception> Faults);
