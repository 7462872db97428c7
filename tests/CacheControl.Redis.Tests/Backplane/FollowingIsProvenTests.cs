using HttpCaching.Redis.Keys;
using HttpCaching.Redis.Tests.Engines;
using HttpCaching.Redis.Tests.Nodes;

namespace HttpCaching.Redis.Tests.Backplane;

/// <summary>A first tier believes that it is told of changes only if those messages arrive that tell of changes.</summary>
public sealed class FollowingIsProvenTests
{
    private static readonly CacheKey SomeKey = new("https://example.org/some");

    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    [Theory]
    [MemberData(nameof(NodeEngine.KindsWithCluster), MemberType = typeof(NodeEngine))]
    public async Task Change_WithAChannelPrefix_ShowsOnTheOtherNode(string kind)
    {
        await using var engine = await NodeEngine.StartAsync(kind);
        var configuration = engine.Configuration + ",channelPrefix=app:";
        using var one = new RedisHttpCacheStore(configuration, new RedisHttpCacheStoreOptions { ServerTimeout = Contract.Prefixes.Patience });
        using var other = new TieredNode(configuration);
        await other.WhenFollowingAsync();
        var first = await other.PutAsync(SomeKey);
        await other.UntilShowsAsync(SomeKey, first);

        await one.InvalidateAsync(SomeKey.Uri, default);
        await other.UntilShowsAsync(SomeKey, 0);

        var second = await other.PutAsync(SomeKey);
        await other.UntilShowsAsync(SomeKey, second);
        await one.ClearAsync(default);
        await other.UntilShowsAsync(SomeKey, 0);
    }

    [Fact]
    public async Task Follow_ScriptsMayNotPublish_IsNotBelieved()
    {
        if (Tooling.RedisServer is null)
        {
            return;
        }

        await using var server = await RedisServerProcess.StartAsync();
        await using var admin = await server.ConnectAsync();

        // The client may say what it wants on its own channel; scripts are told another one.
        await admin.GetServers()[0].ExecuteAsync("ACL", "SETUSER", "default", "resetchannels", "&cachecontrol:*", "-eval");
        using var node = new TieredNode(server.Address + ",connectTimeout=20000", Short);
        for (var i = 0; i < 20; i++)
        {
            await Task.Delay(Short / 4);
            node.Tier.IsFollowing.Should().BeFalse();
        }
    }

    [EngineFact]
    public async Task Bus_OfTheServerThatIsListenedToIsCut_IsNoticed()
    {
        var cluster = new ClusterEngine { IsAllOrNothing = false, HasBusLines = true };
        await cluster.InitializeAsync();
        try
        {
            using var node = new TieredNode(cluster.Configuration, Short);
            await node.WhenFollowingAsync();

            // Before it knows whose slots are whose, the client listens to any of them.
            var endpoint = node.Connection.GetSubscriber().SubscribedEndpoint(ChangeMessage.ChannelOf("cachecontrol:"));
            var listened = Enumerable.Range(0, 3).Single(i => endpoint!.ToString() == cluster.Servers[i].Address);

            cluster.BusLines[listened].Cut();

            await node.WhenFollowingAsync(false);
            cluster.BusLines[listened].Mend();
            await node.WhenFollowingAsync();
        }
        finally
        {
            await cluster.DisposeAsync();
        }
    }

    [Theory]
    [MemberData(nameof(NodeEngine.Kinds), MemberType = typeof(NodeEngine))]
    public async Task Message_LastOneOfAProcessWithoutAFirstTierLost_IsNoticed(string kind)
    {
        await using var engine = await NodeEngine.StartAsync(kind);
        await using var line = new CuttableLine(engine.Port);
        using var plain = new RedisHttpCacheStore(engine.Configuration, new RedisHttpCacheStoreOptions { ServerTimeout = Contract.Prefixes.Patience, FeedCheckInterval = Short });
        using var other = new TieredNode(line.Configuration, Short);
        await other.WhenFollowingAsync();
        await plain.InvalidateAsync("https://example.org/first", default);
        var first = await other.PutAsync(SomeKey);
        await other.UntilShowsAsync(SomeKey, first);

        // The front has to hold it, and the message that is lost has to be the last one.
        await Task.Delay(Short * 4);
        await other.ReadAsync(SomeKey);
        line.Swallow(SomeKey.Uri);
        await plain.InvalidateAsync(SomeKey.Uri, default);
        await TieredNode.UntilAsync(() => line.Swallows > 0, "the message has to come by");
        line.Swallow(null);

        await other.UntilShowsAsync(SomeKey, 0);
        other.Tier.IsFollowing.Should().BeTrue("the connection is good");
    }

    [EngineFact]
    public async Task Calls_ToADeadServer_LeaveTheFirstTiersOfTheOthersAlone()
    {
        var cluster = new ClusterEngine { IsAllOrNothing = false };
        await cluster.InitializeAsync();
        try
        {
            // Checks each second: what a busy machine keeps waiting for less than that is not taken for lost.
            using var one = new TieredNode(cluster.Configuration);
            using var other = new TieredNode(cluster.Configuration);
            await one.WhenFollowingAsync();
            await other.WhenFollowingAsync();
            var listened = ClusterEngine.IndexOf(other.Connection.GetHashSlot((string)ChangeMessage.ChannelOf("cachecontrol:")!));
            var dead = (listened + 1) % 3;
            var onDead = KeysOn(other, dead, 8);
            var alive = KeysOn(other, (listened + 2) % 3, 1)[0];

            await cluster.Servers[dead].KillAsync();
            await TieredNode.UntilAsync(() => !other.Connection.GetServer(cluster.Servers[dead].Address).IsConnected, "the client has to know");
            await FailAsync(one, onDead);
            await Task.Delay(TimeSpan.FromSeconds(4));
            await other.WhenFollowingAsync();
            var shown = await other.PutAsync(alive);
            await other.UntilShowsAsync(alive, shown);
            await Task.Delay(TimeSpan.FromSeconds(1));
            await other.ReadAsync(alive);

            for (var i = 0; i < 30; i++)
            {
                await FailAsync(one, onDead);
                await Task.Delay(Short);
                var read = other.Tier.ReadAsync(alive, default);
                read.IsCompletedSuccessfully.Should().BeTrue("the front answers by itself, time {0}", i);
                (await read).Dispose();
            }
        }
        finally
        {
            await cluster.DisposeAsync();
        }
    }

    private static CacheKey[] KeysOn(TieredNode node, int server, int count)
    {
        var keys = new StoreKeys("cachecontrol:");
        return [.. Enumerable.Range(0, 10_000).Select(i => new CacheKey($"https://example.org/{i}"))
            .Where(key => ClusterEngine.IndexOf(node.Connection.GetHashSlot(keys.PlaceOf(key).Root)) == server).Take(count)];
    }

    private static Task FailAsync(TieredNode node, CacheKey[] keys) => Task.WhenAll(keys.Select(async key =>
    {
        await node.Back.Invoking(b => b.InvalidateAsync(key.Uri, default).AsTask()).Should().ThrowAsync<StorePartUnavailableException>();
    }));
}
