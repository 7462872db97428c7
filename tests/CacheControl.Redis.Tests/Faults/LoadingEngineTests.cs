using System.Globalization;
using HttpCaching.Redis.Tests.Engines;

namespace HttpCaching.Redis.Tests.Faults;

/// <summary>A server that has been started again reads what it saved, and answers LOADING to everything meanwhile.</summary>
public sealed class LoadingEngineTests
{
    private const int Entries = 60;

    // 20 ms for each key, and answers in between: some seconds in all.
    private static readonly string[] Slowly = ["--key-load-delay", "20000", "--loading-process-events-interval-bytes", "1024"];

    [EngineFact]
    public async Task Request_EngineIsLoading_GoesOnAndWhatWasSavedIsHitAfterwards()
    {
        await using var server = await RedisServerProcess.StartAsync();
        using var client = new ClusterClient(server.Address + ",connectTimeout=1000,asyncTimeout=1000", storePause: TimeSpan.FromMilliseconds(100));
        string[] paths = [.. Enumerable.Range(0, Entries).Select(i => "p" + i.ToString(CultureInfo.InvariantCulture))];
        await client.UntilHitAsync(paths);
        await server.SaveAsync();
        await server.KillAsync();

        await server.StartAgainAsync(Slowly);
        await AskWhileLoadingAsync(server, client, paths);

        await client.UntilHitAsync(paths);
        client.Origin.GetsOf(paths[^1]).Should().Be(1, "it was read from what was saved");
    }

    [EngineFact]
    public async Task Request_OneServerOfAClusterIsLoading_TheOthersAreHit()
    {
        var cluster = new ClusterEngine { IsAllOrNothing = false };
        await cluster.InitializeAsync();
        try
        {
            using var client = new ClusterClient(cluster.Configuration.Split(",connect")[0] + ",connectTimeout=2000,asyncTimeout=5000");
            var paths = await client.PathsAsync(cluster, Entries);
            string[] others = [.. paths[0][..6], .. paths[2][..6]];
            await client.UntilHitAsync([.. others, .. paths[1]]);
            await cluster.Servers[1].SaveAsync();
            await cluster.Servers[1].KillAsync();

            await cluster.Servers[1].StartAgainAsync(Slowly);
            await client.ShouldHitAsync(others);

            await AskWhileLoadingAsync(cluster.Servers[1], client, paths[1]);
            await client.ShouldHitAsync(others);

            await client.UntilHitAsync(paths[1]);
        }
        finally
        {
            await cluster.DisposeAsync();
        }
    }

    /// <summary>Asks for all but the last until the server has loaded.</summary>
    private static async Task AskWhileLoadingAsync(RedisServerProcess server, ClusterClient client, string[] paths)
    {
        var asked = 0;
        for (var i = 0; await server.IsLoadingAsync(); i++)
        {
            var isHit = await client.IsHitAsync(paths[i % (paths.Length - 1)]);
            if (await server.IsLoadingAsync())
            {
                isHit.Should().BeFalse("the server was loading before and after");
                asked++;
            }
        }

        asked.Should().BePositive();
    }
}
