using HttpCaching.Redis.Keys;
using HttpCaching.Redis.Tests.Nodes;
using Xunit.Abstractions;

namespace HttpCaching.Redis.Tests.Backplane;

/// <summary>Two machines with memory in front of one engine. Without being told, neither would ask the engine again for an hour.</summary>
public sealed class BackplaneTests(ITestOutputHelper output)
{
    private static readonly CacheKey SomeKey = new("https://example.org/some", "scope");

    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    [Theory]
    [MemberData(nameof(NodeEngine.KindsWithCluster), MemberType = typeof(NodeEngine))]
    public async Task Change_OnOneNode_ShowsOnTheOther(string kind)
    {
        await using var engine = await NodeEngine.StartAsync(kind);
        using var one = new TieredNode(engine.Configuration);
        using var other = new TieredNode(engine.Configuration);
        await one.WhenFollowingAsync();
        await other.WhenFollowingAsync();
        var times = new List<double>();
        for (var i = 0; i < 50; i++)
        {
            var generation = await one.PutAsync(SomeKey);
            times.Add((await other.UntilShowsAsync(SomeKey, generation)).TotalMilliseconds);
        }

        times.Sort();
        output.WriteLine($"{kind}: after the commit has returned, the other node shows it after {times[25]:0.00} ms (median), {times[^1]:0.00} ms (most)");

        await one.Tier.InvalidateAsync(SomeKey.Uri, default);
        await other.UntilShowsAsync(SomeKey, 0);
        var last = await one.PutAsync(SomeKey);
        await other.UntilShowsAsync(SomeKey, last);
        await one.Tier.ClearAsync(default);
        await other.UntilShowsAsync(SomeKey, 0);
    }

    [Theory]
    [MemberData(nameof(NodeEngine.Kinds), MemberType = typeof(NodeEngine))]
    public async Task Hit_WhileFollowing_DoesNotAskTheEngine(string kind)
    {
        await using var engine = await NodeEngine.StartAsync(kind);
        using var node = new TieredNode(engine.Configuration);
        await node.WhenFollowingAsync();
        var generation = await node.PutAsync(SomeKey);
        await node.UntilShowsAsync(SomeKey, generation);

        // Its own message comes back, too, and may drop what was promoted a moment ago.
        await TieredNode.UntilAsync(
            () =>
            {
                var read = node.Tier.ReadAsync(SomeKey, default);
                var isHit = read.IsCompletedSuccessfully;
                read.AsTask().GetAwaiter().GetResult().Dispose();
                return isHit;
            },
            "the front has to answer by itself");
    }

    [Theory]
    [MemberData(nameof(NodeEngine.Kinds), MemberType = typeof(NodeEngine))]
    public async Task Connection_Cut_MakesTheFrontSuspectUntilReadAgain(string kind)
    {
        await using var engine = await NodeEngine.StartAsync(kind);
        await using var line = new CuttableLine(engine.Port);
        using var one = new TieredNode(engine.Configuration);
        using var other = new TieredNode(line.Configuration);
        await one.WhenFollowingAsync();
        await other.WhenFollowingAsync();
        var first = await one.PutAsync(SomeKey);
        await other.UntilShowsAsync(SomeKey, first);

        line.Cut();
        await other.WhenFollowingAsync(false);
        var second = await one.PutAsync(SomeKey);
        line.Mend();
        await other.WhenFollowingAsync();

        (await other.ReadAsync(SomeKey)).Should().Be(second, "what was in front from before the cut has to be asked for");
        var third = await one.PutAsync(SomeKey);
        await other.UntilShowsAsync(SomeKey, third);
    }

    [Theory]
    [MemberData(nameof(NodeEngine.Kinds), MemberType = typeof(NodeEngine))]
    public async Task Connection_DeadInSilence_IsNoticed(string kind)
    {
        await using var engine = await NodeEngine.StartAsync(kind);
        await using var line = new CuttableLine(engine.Port);
        using var node = new TieredNode(line.Configuration, Short);
        await node.WhenFollowingAsync();

        line.Freeze();

        await node.WhenFollowingAsync(false);
        line.Cut();
        line.Mend();
        await node.WhenFollowingAsync();
    }

    [Theory]
    [MemberData(nameof(NodeEngine.Kinds), MemberType = typeof(NodeEngine))]
    public async Task Message_Lost_IsNoticedByTheNextOne(string kind) => await LoseAsync(kind, othersFollow: true);

    [Theory]
    [MemberData(nameof(NodeEngine.Kinds), MemberType = typeof(NodeEngine))]
    public async Task Message_LastOneLost_IsNoticedByTheSignOfLife(string kind) => await LoseAsync(kind, othersFollow: false);

    private async Task LoseAsync(string kind, bool othersFollow)
    {
        await using var engine = await NodeEngine.StartAsync(kind);
        await using var line = new CuttableLine(engine.Port);
        using var one = new TieredNode(engine.Configuration, Short);
        using var other = new TieredNode(line.Configuration, Short);
        await one.WhenFollowingAsync();
        await other.WhenFollowingAsync();
        var first = await one.PutAsync(SomeKey);
        await other.UntilShowsAsync(SomeKey, first);

        // The front has to hold it, and the message that is lost has to be the only one on its way.
        await Task.Delay(Short * 3);
        await other.ReadAsync(SomeKey);
        line.Swallow(SomeKey.Uri);
        var second = await one.PutAsync(SomeKey);
        await TieredNode.UntilAsync(() => line.Swallows > 0, "the message has to come by");
        line.Swallow(null);
        (await other.ReadAsync(SomeKey)).Should().Be(first, "nobody has told");
        if (othersFollow)
        {
            await one.PutAsync(new CacheKey("https://example.org/other"));
        }

        // By the number of the next message; where none follows, by the sign of life that says how many there were.
        var time = await other.UntilShowsAsync(SomeKey, second);
        output.WriteLine($"{kind}: a lost message was noticed after {time.TotalMilliseconds:0} ms, with checks each {Short.TotalMilliseconds} ms");
        other.Tier.IsFollowing.Should().BeTrue("the connection is good");
    }

    [Theory]
    [MemberData(nameof(NodeEngine.Kinds), MemberType = typeof(NodeEngine))]
    public async Task Message_OfALaterVersion_MakesEverythingSuspect(string kind)
    {
        await using var engine = await NodeEngine.StartAsync(kind);
        using var node = new TieredNode(engine.Configuration);
        await node.WhenFollowingAsync();
        var generation = await node.PutAsync(SomeKey);
        await node.UntilShowsAsync(SomeKey, generation);
        using var silent = new RedisHttpCacheStore(node.Connection, new RedisHttpCacheStoreOptions { TellChanges = false, ServerTimeout = Contract.Prefixes.Patience });
        await silent.InvalidateAsync(SomeKey.Uri, default);

        await node.Connection.GetSubscriber().PublishAsync(ChangeMessage.ChannelOf("cachecontrol:"), "9???");

        await node.UntilShowsAsync(SomeKey, 0);
    }

    [Fact]
    public async Task Subscribe_EngineDown_FollowsWhenItComes()
    {
        await using var engine = await NodeEngine.StartAsync("garnet");
        await using var line = new CuttableLine(engine.Port);
        line.Cut();
        using var back = new RedisHttpCacheStore(line.Configuration + ",connectTimeout=1000", new RedisHttpCacheStoreOptions { FeedCheckInterval = Short });
        using var front = new MemoryHttpCacheStore();
        using var tier = new TieredHttpCacheStore(front, back);
        tier.IsFollowing.Should().BeFalse();

        line.Mend();

        await TieredNode.UntilAsync(() => tier.IsFollowing, "the engine can be reached now");
        tier.Dispose();
        tier.IsFollowing.Should().BeFalse();
    }
}
