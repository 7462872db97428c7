using System.Text.Json;
using HttpCaching.Redis.Tests.Engines;
using HttpCaching.Redis.Tests.Nodes;
using HttpCaching.StressHost.Scale;

namespace HttpCaching.Redis.Tests.Scale;

/// <summary>Several processes, an origin and a Cluster of three.</summary>
internal sealed class LoadMachines : IAsyncDisposable
{
    public const double Exponent = 0.9;

    private readonly string _directory = Directory.CreateTempSubdirectory("cachecontrol-load-").FullName;
    private readonly List<NodeProcess> _processes = [];

    private LoadMachines(bool hasBusLines) => Cluster = new ClusterEngine { IsAllOrNothing = false, HasBusLines = hasBusLines };

    public ClusterEngine Cluster { get; }

    public VersionedOrigin Origin { get; private set; } = null!;

    public static async Task<LoadMachines> StartAsync(int processes, int resources, TimeSpan maxAge, bool oneFlight, bool memoryTier, bool isPatient, bool hasBusLines = false)
    {
        var machines = new LoadMachines(hasBusLines);
        try
        {
            await machines.Cluster.InitializeAsync();
            machines.Origin = await VersionedOrigin.StartAsync(resources, machines._directory, maxAge);
            var starting = Enumerable.Range(1, processes).Select(seed => NodeProcess.StartAsync("load", JsonSerializer.Serialize(new LoadSettings
            {
                Engine = isPatient ? machines.Cluster.Configuration : machines.Cluster.Configuration.Split(",connect")[0],
                Origin = machines.Origin.Address,
                Versions = machines.Origin.Versions,
                Acknowledged = Path.Combine(machines._directory, "acknowledged"),
                Resources = resources,
                Exponent = Exponent,
                Seed = seed,
                OneFlight = oneFlight,
                MemoryTier = memoryTier,
                IsPatient = isPatient,
            }))).ToList();
            foreach (var process in starting)
            {
                machines._processes.Add(await process);
            }

            return machines;
        }
        catch
        {
            await machines.DisposeAsync();
            throw;
        }
    }

    /// <summary>Has all processes ask at the same time, until each has made so many requests or the time is over.</summary>
    public async Task<LoadResult> RunAsync(int requestsOfEach, TimeSpan duration)
    {
        var lines = await TellAsync(FormattableString.Invariant($"run {requestsOfEach} {duration.TotalMilliseconds:0}"), _processes);
        var results = lines.Select(l => JsonSerializer.Deserialize<LoadResult>(l)!).ToList();
        return new LoadResult
        {
            Asked = Sum(results, r => r.Asked),
            Hits = Sum(results, r => r.Hits),
            Forwards = [.. results.SelectMany(r => r.Forwards)],
            Collapsed = results.Sum(r => r.Collapsed),
            OldestMilliseconds = results.Max(r => r.OldestMilliseconds),
            LongestMilliseconds = results.Max(r => r.LongestMilliseconds),
            Faults = [.. results.SelectMany(r => r.Faults)],
        };
    }

    /// <summary>Has all processes change resources and read them at the same time.</summary>
    public async Task<TruthResult> RecordAsync(TimeSpan duration)
    {
        var lines = await TellAsync(FormattableString.Invariant($"truth {duration.TotalMilliseconds:0}"), _processes);
        var results = lines.Select(l => JsonSerializer.Deserialize<TruthResult>(l)!).ToList();
        return new TruthResult
        {
            Answers = results.Sum(r => r.Answers),
            Hits = results.Sum(r => r.Hits),
            Changes = results.Sum(r => r.Changes),
            Stale = [.. results.SelectMany(r => r.Stale)],
            StallMilliseconds = results.Max(r => r.StallMilliseconds),
            Faults = [.. results.SelectMany(r => r.Faults)],
        };
    }

    /// <summary>Has one process change resources by requests of its own, and waits until no process shows what it had of them.</summary>
    public async Task ChangeAsync(int process, IReadOnlyCollection<int> resources)
    {
        // What is being stored still is not to meet the change: that would be one request more.
        var list = string.Join(' ', resources);
        await TellAsync("stored " + list, _processes);
        await TellAsync("change " + list, [_processes[process % _processes.Count]]);
        await TellAsync("gone " + list, _processes);
    }

    public async ValueTask DisposeAsync()
    {
        _processes.ForEach(p => p.Dispose());
        if (Origin is not null)
        {
            await Origin.DisposeAsync();
        }

        await Cluster.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private static async Task<List<string>> TellAsync(string command, List<NodeProcess> processes)
    {
        processes.ForEach(p => p.Say(command));
        List<string> answers = [];
        foreach (var process in processes)
        {
            answers.Add(await process.ReadLineAsync() ?? throw new InvalidOperationException($"A process of the load has ended at \"{command}\"."));
        }

        return answers;
    }

    private static int[] Sum(List<LoadResult> results, Func<LoadResult, int[]> counts) =>
        results.Select(counts).Aggregate((one, other) => [.. one.Zip(other, (a, b) => a + b)]);
}
