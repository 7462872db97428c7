using System.Diagnostics;
using System.Globalization;
using HttpCaching.Redis.Tests.Nodes;
using Xunit.Abstractions;

namespace HttpCaching.Redis.Tests.Flights;

/// <summary>Processes that miss the same things at once.</summary>
public sealed class FlightProcessTests(ITestOutputHelper output)
{
    private const int Resources = 10;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Processes_MissAtOnce_AskTheOriginOnce(bool oneFlight)
    {
        const int Processes = 4;
        await using var engine = await NodeEngine.StartAsync(NodeEngine.Preferred);
        await using var origin = await CountingOrigin.StartAsync();
        var nodes = await StartAsync(Processes, engine, origin, Resources, oneFlight, leaseSeconds: 60);
        try
        {
            // Nobody is answered the first time before all have asked, or could have.
            origin.Gate = async path =>
            {
                var clock = Stopwatch.StartNew();
                while (origin.CountOf(path) < Processes && clock.ElapsedMilliseconds < 1000)
                {
                    await Task.Delay(10);
                }
            };
            foreach (var node in nodes)
            {
                node.Go();
            }

            foreach (var node in nodes)
            {
                var line = await node.ReadLineAsync();
                line.Should().StartWith("done");
                output.WriteLine(line);
            }

            output.WriteLine($"{Processes} processes, {Resources} resources, one flight {oneFlight}: {origin.Count} origin requests");
            if (oneFlight)
            {
                origin.Count.Should().Be(Resources);
            }
            else
            {
                origin.Count.Should().BeGreaterThan(Resources, "that is what flights are for");
            }
        }
        finally
        {
            nodes.ForEach(n => n.Dispose());
        }
    }

    [Fact]
    public async Task Leader_Killed_AnotherGoesWithinTheLimit()
    {
        await using var engine = await NodeEngine.StartAsync(NodeEngine.Preferred);
        await using var origin = await CountingOrigin.StartAsync();
        var nodes = await StartAsync(3, engine, origin, 1, true, leaseSeconds: 3);
        try
        {
            var never = new TaskCompletionSource();
            origin.Gate = _ => never.Task;
            nodes[0].Go();
            await TieredNode.UntilAsync(() => origin.CountOf("/0") == 1, "the leader has to ask");
            nodes[1].Go();
            nodes[2].Go();
            await WaitersAsync(engine, 2);
            origin.CountOf("/0").Should().Be(1);
            origin.Gate = static _ => Task.CompletedTask;

            var clock = Stopwatch.StartNew();
            nodes[0].Kill();
            (await nodes[1].ReadLineAsync()).Should().StartWith("done");
            (await nodes[2].ReadLineAsync()).Should().StartWith("done");

            output.WriteLine($"after the leader was killed the others were answered in {clock.ElapsedMilliseconds} ms, with {origin.CountOf("/0")} origin requests in all");
            origin.CountOf("/0").Should().BeInRange(2, 3, "one takes over, or both if that takes too long");
            never.SetResult();
        }
        finally
        {
            nodes.ForEach(n => n.Dispose());
        }
    }

    private static async Task WaitersAsync(NodeEngine engine, int count)
    {
        using var connection = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync(engine.Configuration);
        var server = connection.GetServers()[0];
        var pattern = StackExchange.Redis.RedisChannel.Pattern("cachecontrol:flight:*");
        while (await server.SubscriptionChannelsAsync(pattern) is not [var channel, ..]
            || await server.SubscriptionSubscriberCountAsync(StackExchange.Redis.RedisChannel.Literal(channel.ToString())) < count)
        {
            await Task.Delay(10);
        }
    }

    private static async Task<List<NodeProcess>> StartAsync(int count, NodeEngine engine, CountingOrigin origin, int resources, bool oneFlight, int leaseSeconds)
    {
        var nodes = new List<NodeProcess>();
        for (var i = 0; i < count; i++)
        {
            nodes.Add(await NodeProcess.StartAsync(
                "flight", engine.Configuration, origin.Address.ToString(), resources.ToString(CultureInfo.InvariantCulture),
                oneFlight.ToString(), leaseSeconds.ToString(CultureInfo.InvariantCulture)));
        }

        return nodes;
    }
}
