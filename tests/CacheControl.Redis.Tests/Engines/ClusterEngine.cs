using System.Globalization;
using HttpCaching.Redis.Tests.Nodes;

namespace HttpCaching.Redis.Tests.Engines;

/// <summary>A Cluster of three primaries.</summary>
public class ClusterEngine : IEngine
{
    private const int Slots = 16384;

    private readonly List<RedisServerProcess> _servers = [];
    private readonly List<RedisServerProcess> _replicas = [];
    private readonly List<CuttableLine> _busLines = [];

    public string Configuration => string.Join(',', _servers.Select(s => s.Address)) + ",connectTimeout=20000,asyncTimeout=20000";

    /// <summary>The program of its servers; <see langword="null"/> if it is missing, and its tests are left out.</summary>
    private protected virtual string? Program => Tooling.RedisServer
        ?? (Tooling.SkipReason is null ? throw new InvalidOperationException("redis-server was not found on the PATH.") : null);

    internal IReadOnlyList<RedisServerProcess> Servers => _servers;

    /// <summary>Whether the others go on to serve their own slots while one is missing. An engine's own default is that they don't.</summary>
    internal bool IsAllOrNothing { get; init; } = true;

    /// <summary>Whether the servers reach each other over lines that can be cut.</summary>
    internal bool HasBusLines { get; init; }

    /// <summary>The lines over which the others reach a server.</summary>
    internal IReadOnlyList<CuttableLine> BusLines => _busLines;

    /// <summary>Which server a slot belongs to at the beginning.</summary>
    internal static int IndexOf(int slot) => Enumerable.Range(0, 3).First(i => slot < Slots * (i + 1) / 3);

    /// <summary>The slots of a server at the beginning.</summary>
    internal static IEnumerable<int> SlotsOf(int server) => Enumerable.Range(0, Slots).Where(slot => IndexOf(slot) == server);

    public async Task InitializeAsync()
    {
        if (Program is not { } program)
        {
            return;
        }

        for (var i = 0; i < 3; i++)
        {
            _servers.Add(await StartServerAsync(program));
        }

        for (var i = 0; i < _servers.Count; i++)
        {
            await using var connection = await _servers[i].ConnectAsync();
            var server = connection.GetServers()[0];

            // Different from the beginning: until servers with the same one have agreed, a replica that takes over is not believed.
            await server.ExecuteAsync("CLUSTER", "SET-CONFIG-EPOCH", i + 1);
            await server.ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", Slots * i / 3, (Slots * (i + 1) / 3) - 1);
            if (i > 0)
            {
                await server.ExecuteAsync("CLUSTER", "MEET", "127.0.0.1", _servers[0].Port, HasBusLines ? _busLines[0].Port : _servers[0].BusPort);
            }
        }

        foreach (var process in _servers)
        {
            await using var connection = await process.ConnectAsync();
            var server = connection.GetServers()[0];
            await Wait.UntilAsync(
                async () => (string?)await server.ExecuteAsync("CLUSTER", "INFO") is { } info
                    && info.Contains("cluster_state:ok", StringComparison.Ordinal) && info.Contains("cluster_known_nodes:3", StringComparison.Ordinal),
                "for the Cluster to form");
        }
    }

    /// <summary>Gives a server a replica. It takes over when it is told to, or by itself some seconds after its primary has gone.</summary>
    internal async Task<RedisServerProcess> AddReplicaAsync(int of)
    {
        var replica = await StartServerAsync(Program!);
        _replicas.Add(replica);
        await using var primary = await _servers[of].ConnectAsync();
        await using var connection = await replica.ConnectAsync();
        var id = (string)(await primary.GetServer(_servers[of].Address).ExecuteAsync("CLUSTER", "MYID"))!;
        var server = connection.GetServers()[0];
        await server.ExecuteAsync("CLUSTER", "MEET", "127.0.0.1", _servers[of].Port, _servers[of].BusPort);
        await Wait.UntilAsync(async () => ((string)(await server.ExecuteAsync("CLUSTER", "NODES"))!).Contains(id, StringComparison.Ordinal), "for the replica to join");
        await server.ExecuteAsync("CLUSTER", "REPLICATE", id);
        await Wait.UntilAsync(
            async () => (await server.InfoRawAsync("replication"))!.Contains("master_link_status:up", StringComparison.Ordinal), "for the replica to follow");

        // Who has not met it yet would never hear of it, once the one that it follows is gone.
        var own = (string)(await server.ExecuteAsync("CLUSTER", "MYID"))!;
        foreach (var process in _servers)
        {
            await using var other = await process.ConnectAsync();
            await Wait.UntilAsync(
                async () => ((string)(await other.GetServer(process.Address).ExecuteAsync("CLUSTER", "NODES"))!).Split('\n')
                    .Any(line => line.Contains(own + " ", StringComparison.Ordinal) && line.Contains("slave " + id, StringComparison.Ordinal)),
                "for the others to know the replica");
        }

        return replica;
    }

    /// <summary>Adds a primary that has no slots yet, and that all know.</summary>
    internal async Task<RedisServerProcess> AddPrimaryAsync()
    {
        var added = await StartServerAsync(Program!);
        _replicas.Add(added);
        await using var connection = await added.ConnectAsync();
        var server = connection.GetServers()[0];
        await server.ExecuteAsync("CLUSTER", "MEET", "127.0.0.1", _servers[0].Port, _servers[0].BusPort);
        var own = (string)(await server.ExecuteAsync("CLUSTER", "MYID"))!;
        foreach (var process in _servers)
        {
            await using var other = await process.ConnectAsync();
            await Wait.UntilAsync(
                async () => ((string)(await other.GetServer(process.Address).ExecuteAsync("CLUSTER", "NODES"))!).Contains(own, StringComparison.Ordinal)
                    && ((string)(await server.ExecuteAsync("CLUSTER", "NODES"))!).Split('\n').Count(line => line.Contains("connected", StringComparison.Ordinal)) > 3,
                "for all to know the new primary");
        }

        await Wait.UntilAsync(
            async () => ((string)(await server.ExecuteAsync("CLUSTER", "INFO"))!).Contains("cluster_state:ok", StringComparison.Ordinal), "for the new primary to be well");

        return added;
    }

    /// <summary>Moves a slot that is where it was at the beginning, with all that is in it.</summary>
    internal async Task MoveSlotAsync(int slot, RedisServerProcess to)
    {
        var from = _servers[IndexOf(slot)];
        await using var one = await from.ConnectAsync();
        await using var other = await to.ConnectAsync();
        var (source, target) = (one.GetServer(from.Address), other.GetServer(to.Address));
        var id = (string)(await target.ExecuteAsync("CLUSTER", "MYID"))!;
        await target.ExecuteAsync("CLUSTER", "SETSLOT", slot, "IMPORTING", (string)(await source.ExecuteAsync("CLUSTER", "MYID"))!);
        await source.ExecuteAsync("CLUSTER", "SETSLOT", slot, "MIGRATING", id);
        while ((string[])(await source.ExecuteAsync("CLUSTER", "GETKEYSINSLOT", slot, 1000))! is { Length: > 0 } keys)
        {
            object[] start = ["127.0.0.1", to.Port, string.Empty, 0, 10_000, "KEYS"];
            await source.ExecuteAsync("MIGRATE", [.. start, .. keys]);
        }

        await target.ExecuteAsync("CLUSTER", "SETSLOT", slot, "NODE", id);
        foreach (var process in _servers)
        {
            await using var connection = await process.ConnectAsync();
            await connection.GetServer(process.Address).ExecuteAsync("CLUSTER", "SETSLOT", slot, "NODE", id);
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }

        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        foreach (var line in _busLines)
        {
            await line.DisposeAsync();
        }
    }

    // The port of the bus is the server's plus 10,000 unless it is given, and that may be none.
    private Task<RedisServerProcess> StartServerAsync(string program)
    {
        var busPort = Ports.Free();
        List<string> arguments =
        [
            "--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf", "--cluster-node-timeout", "5000", "--cluster-announce-ip", "127.0.0.1",
            "--cluster-require-full-coverage", IsAllOrNothing ? "yes" : "no", "--cluster-port", busPort.ToString(CultureInfo.InvariantCulture),
        ];
        if (HasBusLines)
        {
            _busLines.Add(new CuttableLine(busPort));
            arguments.AddRange(["--cluster-announce-bus-port", _busLines[^1].Port.ToString(CultureInfo.InvariantCulture)]);
        }

        return RedisServerProcess.StartProgramAsync(program, [.. arguments]);
    }
}
