using System.Collections.Concurrent;
using HttpCaching.Redis.Tests.Engines;
using StackExchange.Redis;

namespace HttpCaching.Redis.Tests.Faults;

/// <summary>A slot is moved from one server of a Cluster to another while what lies in it is read, stored, refreshed and invalidated: MOVED, ASK and TRYAGAIN.</summary>
public sealed class MovingSlotTests : IAsyncLifetime
{
    private const int Paths = 6;

    private readonly ClusterEngine _cluster = new() { IsAllOrNothing = false };
    private readonly ConcurrentDictionary<string, int> _settled = new();

    public Task InitializeAsync() => _cluster.InitializeAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync();

    [EngineTheory]
    [InlineData(1_000)]
    [InlineData(40_000)]
    public async Task Request_SlotIsMovedKeyByKey_IsAnsweredRightAndHitsAgain(int bodyBytes)
    {
        using var client = new ClusterClient(_cluster.Configuration, bodyBytes);
        var connections = await Task.WhenAll(_cluster.Servers.Select(s => s.ConnectAsync()));
        var servers = connections.Zip(_cluster.Servers, (c, s) => c.GetServer(s.Address)).ToArray();
        var paths = PathsOfOneSlot(client, connections[0], out var slot);
        var from = ClusterEngine.IndexOf(slot);
        var to = (from + 1) % 3;
        await client.UntilHitAsync(paths);

        using var load = new Load(client, paths, path => AskOrChangeAsync(client, path));
        await load.MakesAsync(50);
        var (source, target) = ((string)(await servers[from].ExecuteAsync("CLUSTER", "MYID"))!, (string)(await servers[to].ExecuteAsync("CLUSTER", "MYID"))!);
        await servers[to].ExecuteAsync("CLUSTER", "SETSLOT", slot, "IMPORTING", source);
        await servers[from].ExecuteAsync("CLUSTER", "SETSLOT", slot, "MIGRATING", target);
        await load.MakesAsync(100);

        // Half of the keys, so that parts of one entry are on different servers.
        var keys = await KeysAsync(servers[from], slot);
        await MigrateAsync(servers[from], _cluster.Servers[to].Port, [.. keys.Where((_, i) => i % 2 == 0)]);
        (await KeysAsync(servers[from], slot)).Should().NotBeEmpty();
        await load.MakesAsync(300);

        while (await KeysAsync(servers[from], slot) is { Length: > 0 } rest)
        {
            await MigrateAsync(servers[from], _cluster.Servers[to].Port, rest);
        }

        // Now every key is where only ASK leads to.
        await load.MakesAsync(100);
        await client.UntilHitAsync(paths);
        foreach (var index in new[] { to, from, 3 - to - from })
        {
            await servers[index].ExecuteAsync("CLUSTER", "SETSLOT", slot, "NODE", target);
        }

        await load.MakesAsync(100);
        await load.EndAsync();
        await client.UntilHitAsync(paths);
        foreach (var path in paths)
        {
            (await client.AskAsync(path)).Should().Be((true, client.Origin.VersionOf(path)));
        }

        (await KeysAsync(servers[to], slot)).Should().NotBeEmpty("that is where they are now");
        Array.ForEach(connections, c => c.Dispose());
    }

    [EngineTheory]
    [InlineData("prefix")]
    [InlineData("clear")]
    public async Task Remove_SlotIsOnItsWay_SaysThatSomethingMayBeLeft(string what)
    {
        await using var fixture = await Store.StoreFixture.StartAsync(_cluster);
        await fixture.PutAsync(Store.StoreFixture.Key);
        await using var one = await _cluster.Servers[0].ConnectAsync();
        await using var other = await _cluster.Servers[1].ConnectAsync();
        var (from, to) = (one.GetServer(_cluster.Servers[0].Address), other.GetServer(_cluster.Servers[1].Address));
        var slot = ClusterEngine.SlotsOf(0).First();
        await to.ExecuteAsync("CLUSTER", "SETSLOT", slot, "IMPORTING", (string)(await from.ExecuteAsync("CLUSTER", "MYID"))!);
        await from.ExecuteAsync("CLUSTER", "SETSLOT", slot, "MIGRATING", (string)(await to.ExecuteAsync("CLUSTER", "MYID"))!);
        Func<Task> remove = async () =>
        {
            if (what == "prefix")
            {
                await fixture.Store.RemoveByPrefixAsync("https://example.org/", default);
            }
            else
            {
                await fixture.Store.ClearAsync(default);
            }
        };

        (await remove.Should().ThrowAsync<StorePartUnavailableException>()).WithMessage("*Repeat the removal*");

        (await fixture.CountAsync(Store.StoreFixture.Key)).Should().Be(0, "what can be found is removed all the same");
        await from.ExecuteAsync("CLUSTER", "SETSLOT", slot, "STABLE");
        await to.ExecuteAsync("CLUSTER", "SETSLOT", slot, "STABLE");
        await remove.Should().NotThrowAsync();
    }

    private async Task AskOrChangeAsync(ClusterClient client, string path)
    {
        switch (Random.Shared.Next(20))
        {
            case 0:
                await client.ChangeAsync(path);
                var made = client.Origin.VersionOf(path);
                _settled.AddOrUpdate(path, made, (_, known) => Math.Max(known, made));
                break;
            case 1 or 2:
                await AskAsync(isValidation: true);
                break;
            default:
                await AskAsync(isValidation: false);
                break;
        }

        async Task AskAsync(bool isValidation)
        {
            var least = _settled.GetValueOrDefault(path);
            (await client.AskAsync(path, isValidation)).Version.Should().BeGreaterThanOrEqualTo(least, "what was invalidated before is not served");
        }
    }

    private static string[] PathsOfOneSlot(ClusterClient client, ConnectionMultiplexer connection, out int slot)
    {
        slot = client.SlotOf(connection, "p0");
        List<string> paths = ["p0"];
        for (var i = 1; paths.Count < Paths; i++)
        {
            if (client.SlotOf(connection, "p" + i) == slot)
            {
                paths.Add("p" + i);
            }
        }

        return [.. paths];
    }

    private static async Task<string[]> KeysAsync(IServer server, int slot) => (string[])(await server.ExecuteAsync("CLUSTER", "GETKEYSINSLOT", slot, 1000))!;

    private static async Task MigrateAsync(IServer server, int port, string[] keys)
    {
        object[] start = ["127.0.0.1", port, string.Empty, 0, 10_000, "KEYS"];
        await server.ExecuteAsync("MIGRATE", [.. start, .. keys]);
    }
}
