using System.Globalization;

namespace HttpCaching.Redis.Tests.Engines;

/// <summary>A primary with a replica.</summary>
public sealed class ReplicatedEngine : IEngine
{
    public string Configuration => $"{Primary.Address},{Replica.Address},connectTimeout=20000,asyncTimeout=20000";

    internal RedisServerProcess Primary { get; private set; } = null!;

    internal RedisServerProcess Replica { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (Tooling.SkipReason is not null)
        {
            return;
        }

        Primary = await RedisServerProcess.StartAsync();
        Replica = await RedisServerProcess.StartAsync("--replicaof", "127.0.0.1 " + Primary.Port.ToString(CultureInfo.InvariantCulture));
        await using var connection = await Replica.ConnectAsync();
        await Wait.UntilAsync(
            async () => (await connection.GetServers()[0].InfoRawAsync("replication"))!.Contains("master_link_status:up", StringComparison.Ordinal),
            "for the replica to follow");
    }

    public async Task DisposeAsync()
    {
        if (Primary is not null)
        {
            await Primary.DisposeAsync();
            await Replica.DisposeAsync();
        }
    }
}
