using System.Diagnostics;
using HttpCaching.Redis.Keys;
using HttpCaching.Redis.Tests.Engines;
using HttpCaching.StressHost.Scale;
using Xunit.Abstractions;

namespace HttpCaching.Redis.Tests.Scale;

/// <summary>
/// Four processes over a Cluster of three, with keys of Zipf's law and an origin that counts. Some 20 seconds; with CACHECONTROL_STRESS=full some minutes.
/// </summary>
public sealed class ClusterLoadTests(ITestOutputHelper output)
{
    private const int Processes = 4;
    private static readonly TimeSpan NoLimit = TimeSpan.FromMinutes(1);

    private static bool IsFull => Environment.GetEnvironmentVariable("CACHECONTROL_STRESS") == "full";

    [EngineTheory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Processes_ResourcesChange_AskTheOriginOncePerChangeAndHitAsTheorySays(bool oneFlight, bool memoryTier)
    {
        var resources = IsFull ? 5000 : 1000;
        var rounds = IsFull ? 20 : oneFlight ? 3 : 2;
        var requests = IsFull ? 4000 : 500;
        await using var machines = await LoadMachines.StartAsync(Processes, resources, TimeSpan.FromHours(1), oneFlight, memoryTier, isPatient: true);
        var theory = new ZipfTheory(resources, LoadMachines.Exponent);
        var random = new Random(6);
        var (changes, due, hits, total, expected, variance) = (0, 0, 0L, 0L, 0.0, 0.0);
        HashSet<int> stored = [];
        for (var round = 0; round < rounds; round++)
        {
            if (round > 0)
            {
                // The most popular ones always, which all processes ask for at once; and some others.
                int[] changed = [.. stored.Where(r => r < 20 || random.Next(10) == 0)];
                await machines.ChangeAsync(round, changed);
                stored.ExceptWith(changed);
                changes += changed.Length;
            }

            var before = machines.Origin.GetsOfEach();
            var (misses, spread) = theory.Misses(Enumerable.Range(0, resources).Where(r => !stored.Contains(r)), Processes * requests);
            var result = await machines.RunAsync(requests, NoLimit);

            result.Faults.Should().BeEmpty();
            result.Asked.Sum().Should().Be(Processes * requests);
            result.OldestMilliseconds.Should().Be(0, "every process has been told before the round begins");
            var gets = machines.Origin.GetsOfEach();
            var first = Enumerable.Range(0, resources).Where(r => result.Asked[r] > 0 && stored.Add(r)).ToHashSet();
            var wrong = Enumerable.Range(0, resources).Where(r => gets[r] - before[r] != (first.Contains(r) ? 1 : 0)).ToList();
            if (oneFlight)
            {
                wrong.Should().BeEmpty(
                    "in round {0} each resource that nobody had is asked for once, by one process, and no other is; there were {1}",
                    round,
                    string.Join("; ", result.Forwards.Where(f => wrong.Contains(f.Resource))));
            }

            result.Forwarded.Should().Be(gets.Sum() - before.Sum(), "Cache-Status tells the same as the origin");
            due += first.Count;
            hits += result.Hits.Sum();
            total += result.Asked.Sum();
            expected += misses;
            variance += spread;
        }

        output.WriteLine($"{Processes} processes, {resources} resources, {total} requests, {changes} changes, one flight {oneFlight}, memory tier {memoryTier}");
        output.WriteLine($"origin requests {machines.Origin.Gets}, first requests for a version {due}; by theory {expected:0} ± {Math.Sqrt(variance):0}");
        output.WriteLine($"answered without the origin {1 - ((double)machines.Origin.Gets / total):0.0000}, by theory {1 - (expected / total):0.0000}; hits by Cache-Status {(double)hits / total:0.0000}");
        Math.Abs(due - expected).Should().BeLessThan(5 * Math.Sqrt(variance), "that is how many different ones so many draws give");
        if (oneFlight)
        {
            machines.Origin.Gets.Should().Be(due);
        }
        else
        {
            machines.Origin.Gets.Should().BeGreaterThan(due, "that is what flights are for");
        }
    }

    /// <summary>Whether there is memory in front: only at length also with it.</summary>
    public static TheoryData<bool> Tiers => IsFull ? [false, true] : [false];

    [EngineTheory]
    [MemberData(nameof(Tiers))]
    public async Task Processes_AServerIsKilledAndComesBack_GoOnAndHitAgain(bool memoryTier)
    {
        const int Resources = 1000;
        var maxAge = TimeSpan.FromSeconds(IsFull ? 10 : 4);
        var span = TimeSpan.FromSeconds(IsFull ? 20 : 3);
        await using var machines = await LoadMachines.StartAsync(Processes, Resources, maxAge, oneFlight: true, memoryTier, isPatient: false);
        var dead = machines.Cluster.Servers[1];
        var isOnDead = await ResourcesOfAsync(machines, dead, Resources);
        using var stop = new CancellationTokenSource();
        var changing = ChangeAsync(machines.Origin, Resources, stop.Token);

        Report("before", await RunAsync(machines, span, maxAge), isOnDead).OnDead.Should().BeGreaterThan(0);
        var running = RunAsync(machines, span, maxAge);
        await Task.Delay(span / 3);
        await dead.KillAsync();
        Report("while it is killed", await running, isOnDead);
        await UntilAsync("while it is down", r => (memoryTier || r.OnDead == 0) && r.OnOthers > 0.5);

        await dead.StartAgainAsync();
        await UntilAsync("after it is back", r => r is { OnDead: > 0.5, OnOthers: > 0.5 });
        await stop.CancelAsync();
        await changing;

        async Task<(double OnDead, double OnOthers)> UntilAsync(string when, Func<(double OnDead, double OnOthers), bool> condition)
        {
            var clock = Stopwatch.StartNew();
            while (true)
            {
                var result = Report(when, await RunAsync(machines, TimeSpan.FromSeconds(1), maxAge), isOnDead);
                if (condition(result))
                {
                    output.WriteLine($"  that took {clock.Elapsed.TotalSeconds:0.0} s");
                    return result;
                }

                clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(90), "hits have to come back without a restart");
            }
        }
    }

    private static async Task<LoadResult> RunAsync(LoadMachines machines, TimeSpan duration, TimeSpan maxAge)
    {
        var result = await machines.RunAsync(int.MaxValue, duration);
        result.Faults.Should().BeEmpty("no caller is to notice");
        result.OldestMilliseconds.Should().BeLessThan(maxAge.TotalMilliseconds, "nothing is served for longer than its freshness lifetime");
        return result;
    }

    private (double OnDead, double OnOthers) Report(string when, LoadResult result, bool[] isOnDead)
    {
        var (onDead, onOthers) = (Ratio(result, r => isOnDead[r]), Ratio(result, r => !isOnDead[r]));
        output.WriteLine(
            $"{when}: {result.Asked.Sum()} requests, hit ratio {onDead:0.000} of that server's resources, {onOthers:0.000} of the others'; to the origin {result.Forwarded}; "
            + $"longest {result.LongestMilliseconds:0} ms; superseded for {result.OldestMilliseconds:0} ms at most");
        return (onDead, onOthers);
    }

    private static double Ratio(LoadResult result, Func<int, bool> which)
    {
        var resources = Enumerable.Range(0, result.Asked.Length).Where(which).ToList();
        return (double)resources.Sum(r => result.Hits[r]) / Math.Max(1, resources.Sum(r => result.Asked[r]));
    }

    /// <summary>Which resources have their slot on a server.</summary>
    private static async Task<bool[]> ResourcesOfAsync(LoadMachines machines, RedisServerProcess server, int resources)
    {
        await using var connection = await server.ConnectAsync();
        var owner = connection.GetServers().First(s => s.EndPoint.ToString()!.EndsWith(":" + server.Port, StringComparison.Ordinal));
        var slots = (await owner.ClusterNodesAsync())![owner.EndPoint]!.Slots;
        var keys = new StoreKeys(new RedisHttpCacheStoreOptions().Prefix);
        return
        [
            .. Enumerable.Range(0, resources).Select(r => connection.HashSlot(keys.PlaceOf(new CacheKey(new Uri(machines.Origin.Address, $"/k/{r}").AbsoluteUri)).Root))
                .Select(slot => slots.Any(s => slot >= s.From && slot <= s.To)),
        ];
    }

    /// <summary>Changes resources without telling anybody, a hundred times a second.</summary>
    private static async Task ChangeAsync(VersionedOrigin origin, int resources, CancellationToken stop)
    {
        var random = new Random(7);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                origin.Change(random.Next(resources));
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
