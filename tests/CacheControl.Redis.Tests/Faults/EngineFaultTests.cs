using System.Globalization;
using HttpCaching.Redis.Tests.Contract;
using HttpCaching.Redis.Tests.Engines;
using StackExchange.Redis;

namespace HttpCaching.Redis.Tests.Faults;

/// <summary>Engines that fail in earnest, below a cache that goes on.</summary>
public sealed class EngineFaultTests
{
    private const int Paths = 12;
    private const string Quick = ",connectTimeout=1000,asyncTimeout=1000";

    [EngineFact]
    public async Task Request_EngineDownAtStart_GoesOnAndHitsOnceItIsUp()
    {
        await using var server = await RedisServerProcess.StartAsync();
        await server.KillAsync();
        using var store = new RedisHttpCacheStore(server.Address + Quick, Prefixes.Fresh());
        using var client = new CachedClient(store);

        (await client.IsHitAsync("a")).Should().BeFalse();
        (await client.IsHitAsync("a")).Should().BeFalse();

        await server.StartAgainAsync();
        await client.UntilHitAsync("a");
    }

    [EngineFact]
    public async Task Request_EngineKilledAndStartedAgain_GoesOnAndHitsAgain()
    {
        await using var server = await RedisServerProcess.StartAsync();
        using var store = new RedisHttpCacheStore(server.Address + Quick, Prefixes.Fresh());
        using var client = new CachedClient(store);
        await client.UntilHitAsync("a");

        await server.KillAsync();
        (await client.IsHitAsync("a")).Should().BeFalse();
        (await client.IsHitAsync("b")).Should().BeFalse();

        await server.StartAgainAsync();
        await client.UntilHitAsync("a");
        await client.UntilHitAsync("b");
    }

    [EngineFact]
    public async Task Request_EngineHangs_GoesOnAndHitsAgain()
    {
        await using var server = await RedisServerProcess.StartAsync();
        using var store = new RedisHttpCacheStore(server.Address + Quick, Prefixes.Fresh());
        using var client = new CachedClient(store);
        await client.UntilHitAsync("a");

        server.Pause();
        try
        {
            (await client.IsHitAsync("a")).Should().BeFalse();
            (await client.IsHitAsync("b")).Should().BeFalse();
        }
        finally
        {
            server.Resume();
        }

        await client.UntilHitAsync("a");
    }

    [EngineFact]
    public async Task Request_EngineSlow_GoesOnAndHitsAgain()
    {
        await using var server = await RedisServerProcess.StartAsync();
        await using var proxy = new TcpProxy(server.Port);
        using var store = new RedisHttpCacheStore(proxy.Address + Quick, Prefixes.Fresh());
        using var client = new CachedClient(store);
        await client.UntilHitAsync("a");

        proxy.Delay = TimeSpan.FromSeconds(2);
        (await client.IsHitAsync("a")).Should().BeFalse();
        proxy.Delay = TimeSpan.Zero;

        await client.UntilHitAsync("a");
    }

    [EngineFact]
    public async Task Request_ScriptsFlushed_IsStoredAllTheSame()
    {
        await using var server = await RedisServerProcess.StartAsync();
        using var store = new RedisHttpCacheStore(server.Address + Quick, Prefixes.Fresh());
        using var client = new CachedClient(store, bodyBytes: 400_000);
        await client.UntilHitAsync("a");

        await using var connection = await server.ConnectAsync();
        await connection.GetServers()[0].ScriptFlushAsync();

        (await client.IsHitAsync("a")).Should().BeTrue();
        await connection.GetServers()[0].ScriptFlushAsync();
        (await client.IsHitAsync("b")).Should().BeFalse();
        await client.UntilHitAsync("b");
        client.Origin.Requests.Should().BeLessThan(5);
    }

    [EngineFact]
    public async Task Request_EngineOutOfMemory_GoesOnAndWhatIsThereIsHit()
    {
        await using var server = await RedisServerProcess.StartAsync("--maxmemory-policy", "noeviction");
        using var store = new RedisHttpCacheStore(server.Address + Quick, Prefixes.Fresh());
        using var client = new CachedClient(store, bodyBytes: 100_000);
        await client.UntilHitAsync("there");

        await using var connection = await server.ConnectAsync();
        await connection.GetServers()[0].ConfigSetAsync("maxmemory", "1");

        for (var i = 0; i < 8; i++)
        {
            (await client.IsHitAsync(i.ToString(CultureInfo.InvariantCulture))).Should().BeFalse();
            await client.UntilHitAsync("there");
        }

        await connection.GetServers()[0].ConfigSetAsync("maxmemory", "0");
        await client.UntilHitAsync("0");
    }

    [EngineFact]
    public async Task Request_OnlyAReplicaAnswers_GoesOn()
    {
        await using var engine = new Replicated();
        await engine.Inner.InitializeAsync();
        using var store = new RedisHttpCacheStore(engine.Inner.Replica.Address + Quick, Prefixes.Fresh());
        using var client = new CachedClient(store);

        (await client.IsHitAsync("a")).Should().BeFalse();
        (await client.IsHitAsync("a")).Should().BeFalse();
    }

    [EngineFact]
    public async Task Request_PrimaryKilledAndReplicaPromoted_GoesOnAndHitsAgain()
    {
        await using var engine = new Replicated();
        await engine.Inner.InitializeAsync();
        using var store = new RedisHttpCacheStore($"{engine.Inner.Primary.Address},{engine.Inner.Replica.Address}{Quick}", Prefixes.Fresh());
        using var client = new CachedClient(store);
        await client.UntilHitAsync("a");

        await engine.Inner.Primary.KillAsync();
        (await client.IsHitAsync("b")).Should().BeFalse();
        await using var connection = await engine.Inner.Replica.ConnectAsync();
        await connection.GetServers()[0].ExecuteAsync("REPLICAOF", "NO", "ONE");

        await client.UntilHitAsync("a");
        await client.UntilHitAsync("b");
    }

    [EngineFact]
    public async Task Request_PrimaryBecomesAReplica_GoesOnAndHitsAgain()
    {
        await using var engine = new Replicated();
        await engine.Inner.InitializeAsync();
        using var store = new RedisHttpCacheStore($"{engine.Inner.Primary.Address},{engine.Inner.Replica.Address}{Quick}", Prefixes.Fresh());
        using var client = new CachedClient(store);
        await client.UntilHitAsync("a");

        await using var second = await engine.Inner.Replica.ConnectAsync();
        await second.GetServers()[0].ExecuteAsync("REPLICAOF", "NO", "ONE");
        await using var first = await engine.Inner.Primary.ConnectAsync();
        await first.GetServers()[0].ExecuteAsync("REPLICAOF", "127.0.0.1", engine.Inner.Replica.Port);

        (await client.IsHitAsync("b")).Should().BeFalse();
        await client.UntilHitAsync("b");
    }

    [EngineFact]
    public async Task ReadBody_ConnectionCutInTheMiddleOfAChunk_ThrowsAndNeverEndsEarly()
    {
        await using var server = await RedisServerProcess.StartAsync();
        await using var proxy = new TcpProxy(server.Port);
        using var store = new RedisHttpCacheStore(proxy.Address + Quick, Prefixes.Fresh());
        using var client = new CachedClient(store, bodyBytes: 2_000_000);
        await client.UntilHitAsync("a");

        using var response = await client.GetAsync("a");
        await using var stream = await response.Content.ReadAsStreamAsync();
        proxy.CutAfter(500_000);
        var read = 0;
        var reading = async () =>
        {
            var buffer = new byte[50_000];
            while (await stream.ReadAsync(buffer) is var count and > 0)
            {
                buffer.AsSpan(0, count).SequenceEqual(client.Origin.Body.AsSpan(read, count)).Should().BeTrue();
                read += count;
            }
        };

        await reading.Should().ThrowAsync<IOException>();
        proxy.Cuts.Should().Be(1);
        read.Should().BeInRange(1, client.Origin.Body.Length - 1);
        await client.UntilHitAsync("a");
    }

    [EngineFact]
    public async Task Request_SlotMovesToAnotherServer_IsStoredAndHitThere()
    {
        var cluster = new ClusterEngine();
        await cluster.InitializeAsync();
        try
        {
            using var store = new RedisHttpCacheStore(cluster.Configuration, Prefixes.Fresh());
            using var client = new CachedClient(store);
            for (var i = 0; i < Paths; i++)
            {
                await client.UntilHitAsync(i.ToString(CultureInfo.InvariantCulture));
            }

            var connections = await Task.WhenAll(cluster.Servers.Select(s => s.ConnectAsync()));
            var servers = connections.Zip(cluster.Servers, (c, s) => c.GetServer(s.Address)).ToList();

            // Where the keys lie depends on the origin's port: the server that has most of them has some.
            var slotsOfEach = await Task.WhenAll(servers.Select(async s => (await s.KeysAsync().ToListAsync()).Select(key => connections[0].HashSlot(key)).ToHashSet()));
            var source = Enumerable.Range(0, servers.Count).MaxBy(i => slotsOfEach[i].Count);
            var slots = slotsOfEach[source];
            slots.Should().NotBeEmpty();

            // Its keys are lost, and their slots are another's: the client is told so by MOVED.
            var target = (string)(await servers[(source + 1) % servers.Count].ExecuteAsync("CLUSTER", "MYID"))!;
            await servers[source].ExecuteAsync("FLUSHALL");
            foreach (var slot in slots)
            {
                foreach (var server in servers)
                {
                    await server.ExecuteAsync("CLUSTER", "SETSLOT", slot, "NODE", target);
                }
            }

            for (var i = 0; i < Paths; i++)
            {
                await client.UntilHitAsync(i.ToString(CultureInfo.InvariantCulture));
            }

            Array.ForEach(connections, c => c.Dispose());
        }
        finally
        {
            await cluster.DisposeAsync();
        }
    }

    private sealed class Replicated : IAsyncDisposable
    {
        public ReplicatedEngine Inner { get; } = new();

        public async ValueTask DisposeAsync() => await Inner.DisposeAsync();
    }
}
