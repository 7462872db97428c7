using System.Globalization;
using HttpCaching.Redis.Tests.Engines;
using StackExchange.Redis;

namespace HttpCaching.Redis.Tests.Faults;

/// <summary>A replica takes the place of its primary while requests go on.</summary>
public sealed class TakeoverTests
{
    private const int Paths = 12;
    private const string Quick = ",connectTimeout=1000,asyncTimeout=2000";

    [EngineTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Request_ReplicaTakesOverUnderLoad_NoneFailsAndHitsComeBack(bool isKilled)
    {
        var engine = new ReplicatedEngine();
        await engine.InitializeAsync();
        try
        {
            using var client = new ClusterClient($"{engine.Primary.Address},{engine.Replica.Address}{Quick}", 40_000, storePause: TimeSpan.FromMilliseconds(100));
            string[] paths = [.. Enumerable.Range(0, Paths).Select(i => "p" + i.ToString(CultureInfo.InvariantCulture))];
            await client.UntilHitAsync(paths);
            using var load = new Load(client, paths, path => AskOrChangeAsync(client, path));
            await load.MakesAsync(100);

            if (isKilled)
            {
                await engine.Primary.KillAsync();
            }

            await load.MakesAsync(20);
            await using var second = await engine.Replica.ConnectAsync();
            await second.GetServers()[0].ExecuteAsync("REPLICAOF", "NO", "ONE");
            if (!isKilled)
            {
                await using var first = await engine.Primary.ConnectAsync();
                await first.GetServers()[0].ExecuteAsync("REPLICAOF", "127.0.0.1", engine.Replica.Port);
            }

            await load.MakesAsync(200);
            await Task.WhenAll(paths.Select(p => client.UntilHitAsync(p)));
            await load.EndAsync();
        }
        finally
        {
            await engine.DisposeAsync();
        }
    }

    [EngineFact]
    public async Task Request_ReplicaTakesOverInAClusterUnderLoad_NoneFailsAndTheOthersAreHitAllTheTime()
    {
        var cluster = new ClusterEngine { IsAllOrNothing = false };
        await cluster.InitializeAsync();
        try
        {
            var replica = await cluster.AddReplicaAsync(of: 0);
            await using var connection = await replica.ConnectAsync();
            var server = connection.GetServer(replica.Address);
            using var client = new ClusterClient(cluster.Configuration.Split(",connect")[0] + Quick);
            var paths = await client.PathsAsync(cluster, 6);
            string[] others = [.. paths[1], .. paths[2]];
            await client.UntilHitAsync([.. paths.SelectMany(p => p)]);
            var before = others.Sum(client.Origin.GetsOf);
            using var load = new Load(client, [.. paths.SelectMany(p => p)]);
            await load.MakesAsync(100);

            await cluster.Servers[0].KillAsync();
            await load.MakesAsync(100);
            await Wait.UntilAsync(() => TakeOverAsync(server), "for the replica to take over");

            await load.MakesAsync(200);
            await client.UntilHitAsync(paths[0]);
            await load.EndAsync();
            others.Sum(client.Origin.GetsOf).Should().BeLessThanOrEqualTo(
                before + others.Length, "their servers were well all the time; a call that was under way when the connections changed may have failed");
            (await server.ExecuteAsync("DBSIZE")).ToString().Should().NotBe("0", "the hits come from there");
        }
        finally
        {
            await cluster.DisposeAsync();
        }
    }

    private static async Task<bool> TakeOverAsync(IServer server)
    {
        if ((await server.InfoRawAsync("replication"))!.Contains("role:master", StringComparison.Ordinal))
        {
            return true;
        }

        try
        {
            await server.ExecuteAsync("CLUSTER", "FAILOVER", "TAKEOVER");
        }
        catch (RedisServerException)
        {
            // It has done so by itself between the two.
        }

        return false;
    }

    private static async Task AskOrChangeAsync(ClusterClient client, string path)
    {
        if (Random.Shared.Next(20) == 0)
        {
            await client.ChangeAsync(path);
        }

        // A replica may be a version behind, but each body is what it says that it is.
        await client.AskAsync(path);
    }
}
