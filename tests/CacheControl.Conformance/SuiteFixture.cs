using CacheControl.Conformance.Proxy;
using CacheControl.Conformance.Scoring;
using CacheControl.Conformance.Suite;

namespace CacheControl.Conformance;

/// <summary>What the runs share: the installed suite, its origin server, and the results of the runs made so far.</summary>
public sealed class SuiteFixture : IAsyncLifetime
{
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
        await using var proxy = await run.StartAsync(origin.Address);
        var json = await client.RunAllAsync(proxy.Address);
        await File.WriteAllTextAsync(Path.Combine(Tooling.Artifacts, $"results-{run.Name}.json"), json);
        var results = SuiteResults.Parse(json);
        return new RunResult(run, results, Scorecard.Create(run.Title, "this version", Catalogue, results), [.. proxy.Faults]);
    }
}

/// <summary>The tests that share the fixture; so they also run one at a time, as the suite's pauses need a quiet machine.</summary>
[CollectionDefinition(Name)]
public sealed class SuiteCollection : ICollectionFixture<SuiteFixture>
{
    public const string Name = "suite";
}

/// <summary>One finished run.</summary>
public sealed record RunResult(ConformanceRun Run, SuiteResults Results, Scorecard Card, IReadOnlyList<Exception> Faults);
