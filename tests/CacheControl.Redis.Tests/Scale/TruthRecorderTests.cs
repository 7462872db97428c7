using System.Diagnostics;
using HttpCaching.Redis.Keys;
using HttpCaching.Redis.Tests.Engines;
using HttpCaching.StressHost.Scale;
using Xunit.Abstractions;

namespace HttpCaching.Redis.Tests.Scale;

/// <summary>
/// Four processes with memory in front of a Cluster change resources and read them. No answer is older than a change that was acknowledged before, but for the bounds in
/// docs/scaling.md: 100 ms while all is well, five seconds from when the engine answers again after a fault.
/// </summary>
public sealed class TruthRecorderTests(ITestOutputHelper output)
{
    private const int Processes = 4;
    private const int Resources = 300;

    private static readonly TimeSpan WhileWell = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(5);

    // Longer than the whole run: nothing becomes right by becoming stale.
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private static bool IsFull => Environment.GetEnvironmentVariable("CACHECONTROL_STRESS") == "full";

    private static TimeSpan Fault => TimeSpan.FromSeconds(IsFull ? 10 : 3);

    private static TimeSpan Rest => TimeSpan.FromSeconds(IsFull ? 30 : 8);

    [EngineFact]
    public async Task AllWell_AnAcknowledgedChange_ShowsEverywhereAtOnce()
    {
        await using var machines = await StartAsync();

        var result = await machines.RecordAsync(Rest);

        Report("all well", result, since: 0).Should().BeLessThan(WhileWell + Allowance(result));
    }

    [EngineTheory]
    [InlineData("a server stopped")]
    [InlineData("a server killed and started again")]
    [InlineData("a server failed over")]
    [InlineData("slots moving")]
    [InlineData("the subscribers' server cut off")]
    public async Task Fault_AnAcknowledgedChange_ShowsEverywhereSoonAfterIt(string fault)
    {
        await using var machines = await StartAsync();
        var replica = fault == "a server failed over" ? await machines.Cluster.AddReplicaAsync(of: 1) : null;
        var recording = machines.RecordAsync(Fault + Fault + Rest);
        await Task.Delay(Fault);

        var back = fault switch
        {
            "a server stopped" => await StopAsync(machines.Cluster.Servers[1]),
            "a server killed and started again" => await KillAsync(machines.Cluster.Servers[1]),
            "a server failed over" => await FailOverAsync(replica!),
            "slots moving" => await MoveAsync(machines),
            _ => await CutAsync(machines),
        };
        var result = await recording;

        Report(fault, result, back).Should().BeLessThan(AfterFault + Allowance(result));
    }

    private static Task<LoadMachines> StartAsync() =>
        LoadMachines.StartAsync(Processes, Resources, Lifetime, oneFlight: false, memoryTier: true, isPatient: false, hasBusLines: true);

    /// <summary>What a machine that stands still for moments itself adds: to the process that changes, the servers on the way, and the process that reads.</summary>
    private static TimeSpan Allowance(TruthResult result) => TimeSpan.FromMilliseconds(3 * result.StallMilliseconds);

    /// <summary>The longest that an old version was served after its change had been acknowledged and the engine answered.</summary>
    private TimeSpan Report(string what, TruthResult result, long since)
    {
        result.Faults.Should().BeEmpty("no caller is to notice");
        result.Changes.Should().BeGreaterThan(50);
        result.Hits.Should().BeGreaterThan(result.Answers / 10);
        var all = result.Stale.Select(s => Stopwatch.GetElapsedTime(s.Acknowledged, s.Asked)).DefaultIfEmpty().Max();
        var bounded = result.Stale.Where(s => s.Asked > since).Select(s => Stopwatch.GetElapsedTime(Math.Max(s.Acknowledged, since), s.Asked)).DefaultIfEmpty().Max();
        output.WriteLine(
            $"{what}: {result.Changes} changes acknowledged, {result.Answers} answers, {result.Hits} from what is stored, {result.Stale.Length} of them old; at most {all.TotalMilliseconds:0} ms "
            + $"after the acknowledgement, {bounded.TotalMilliseconds:0} ms after that and the engine's return; the processes stood still for {result.StallMilliseconds:0} ms at most");
        return bounded;
    }

    private static async Task<long> StopAsync(RedisServerProcess server)
    {
        server.Pause();
        try
        {
            await Task.Delay(Fault);
        }
        finally
        {
            server.Resume();
        }

        return Stopwatch.GetTimestamp();
    }

    private static async Task<long> KillAsync(RedisServerProcess server)
    {
        await server.KillAsync();
        await Task.Delay(Fault);
        await server.StartAgainAsync();
        await using var connection = await server.ConnectAsync();
        var itself = connection.GetServer(server.Address);
        await Wait.UntilAsync(async () => ((string)(await itself.ExecuteAsync("CLUSTER", "INFO"))!).Contains("cluster_state:ok", StringComparison.Ordinal), "for the server to serve");
        return Stopwatch.GetTimestamp();
    }

    private static async Task<long> FailOverAsync(RedisServerProcess replica)
    {
        await using var connection = await replica.ConnectAsync();
        var server = connection.GetServer(replica.Address);
        await server.ExecuteAsync("CLUSTER", "FAILOVER");
        await Wait.UntilAsync(async () => (await server.InfoRawAsync("replication"))!.Contains("role:master", StringComparison.Ordinal), "for the replica to take over");
        return Stopwatch.GetTimestamp();
    }

    private static async Task<long> CutAsync(LoadMachines machines)
    {
        await using var connection = await machines.Cluster.Servers[0].ConnectAsync();
        var channel = (string)ChangeMessage.ChannelOf(new RedisHttpCacheStoreOptions().Prefix)!;
        var line = machines.Cluster.BusLines[ClusterEngine.IndexOf(connection.GetHashSlot(channel))];
        line.Cut();
        await Task.Delay(Fault);
        line.Mend();
        return Stopwatch.GetTimestamp();
    }

    /// <summary>Moves slots with what is in them, one after the other, from the first server to the second.</summary>
    private static async Task<long> MoveAsync(LoadMachines machines)
    {
        var connections = await Task.WhenAll(machines.Cluster.Servers.Select(s => s.ConnectAsync()));
        var servers = connections.Zip(machines.Cluster.Servers, (c, s) => c.GetServer(s.Address)).ToArray();
        var target = (string)(await servers[1].ExecuteAsync("CLUSTER", "MYID"))!;
        var source = (string)(await servers[0].ExecuteAsync("CLUSTER", "MYID"))!;
        var keys = new StoreKeys(new RedisHttpCacheStoreOptions().Prefix);
        var slots = Enumerable.Range(0, Resources).Select(r => connections[0].HashSlot(keys.PlaceOf(new CacheKey(new Uri(machines.Origin.Address, $"/k/{r}").AbsoluteUri)).Root))
            .Where(slot => ClusterEngine.IndexOf(slot) == 0).Distinct().Take(IsFull ? 60 : 15);
        foreach (var slot in slots)
        {
            await servers[1].ExecuteAsync("CLUSTER", "SETSLOT", slot, "IMPORTING", source);
            await servers[0].ExecuteAsync("CLUSTER", "SETSLOT", slot, "MIGRATING", target);
            while ((string[])(await servers[0].ExecuteAsync("CLUSTER", "GETKEYSINSLOT", slot, 100))! is { Length: > 0 } some)
            {
                object[] start = ["127.0.0.1", machines.Cluster.Servers[1].Port, string.Empty, 0, 10_000, "KEYS"];
                await servers[0].ExecuteAsync("MIGRATE", [.. start, .. some]);
            }

            foreach (var index in new[] { 1, 0, 2 })
            {
                await servers[index].ExecuteAsync("CLUSTER", "SETSLOT", slot, "NODE", target);
            }
        }

        Array.ForEach(connections, c => c.Dispose());
        return Stopwatch.GetTimestamp();
    }
}
