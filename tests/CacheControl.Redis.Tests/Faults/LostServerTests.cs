using System.Diagnostics;
using HttpCaching.Redis.Keys;
using HttpCaching.Redis.Tests.Engines;
using StackExchange.Redis;

namespace HttpCaching.Redis.Tests.Faults;

/// <summary>One server of a Cluster fails: what the others have is hit as before.</summary>
public sealed class LostServerTests : IAsyncLifetime
{
    private const int OfEach = 6;
    private const int Lost = 1;

    private readonly ClusterEngine _cluster = new() { IsAllOrNothing = false };

    private string Configuration => _cluster.Configuration.Split(",connect")[0] + ",connectTimeout=2000,asyncTimeout=5000";

    public Task InitializeAsync() => _cluster.InitializeAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync();

    [EngineFact]
    public async Task Request_OneServerKilled_TheOthersAreHitAndItsOwnGoToTheOrigin()
    {
        using var client = new ClusterClient(Configuration);
        var paths = await client.PathsAsync(_cluster, OfEach);
        string[] others = [.. paths[0], .. paths[2]];
        await client.UntilHitAsync([.. paths.SelectMany(p => p)]);

        await _cluster.Servers[Lost].KillAsync();
        var start = Stopwatch.GetTimestamp();
        for (var round = 0; round < 3; round++)
        {
            await client.ShouldHitAsync(others);

            foreach (var path in paths[Lost])
            {
                (await client.IsHitAsync(path)).Should().BeFalse("its server is gone");
            }

            // Each is a fault of the store, one after the other, and more than have a whole store left alone.
            await client.ChangeAsync(paths[Lost][0]);
        }

        client.Log.Warnings.Should().OnlyContain(w => w.Name == "StoreFault", "the store as a whole is not left alone");
        client.Log.Warnings.Should().HaveCountLessThanOrEqualTo(2 + (int)Stopwatch.GetElapsedTime(start).TotalSeconds, "one a second is enough to know");
        client.Log.Warnings.Should().NotBeEmpty();
        await _cluster.Servers[Lost].StartAgainAsync();
        await client.UntilHitAsync(paths[Lost]);
        await client.ShouldHitAsync(others);
    }

    [EngineFact]
    public async Task Request_OneServerSaysThatTheClusterIsDown_TheOthersAreHitAndItsOwnAfterwards()
    {
        using var client = new ClusterClient(Configuration);
        var paths = await client.PathsAsync(_cluster, OfEach);
        string[] others = [.. paths[0], .. paths[2]];
        await client.UntilHitAsync([.. paths.SelectMany(p => p)]);
        await using var connection = await _cluster.Servers[Lost].ConnectAsync();
        var server = connection.GetServer(_cluster.Servers[Lost].Address);
        var free = ClusterEngine.SlotsOf(Lost).First(slot => !paths[Lost].Select(path => client.SlotOf(connection, path)).Contains(slot));

        // It alone wants all slots to be somebody's, and gives one of its own away.
        await server.ExecuteAsync("CONFIG", "SET", "cluster-require-full-coverage", "yes");
        await server.ExecuteAsync("CLUSTER", "DELSLOTS", free);
        await Wait.UntilAsync(
            async () => ((string)(await server.ExecuteAsync("CLUSTER", "INFO"))!).Contains("cluster_state:fail", StringComparison.Ordinal),
            "for the server to say that the Cluster is down");
        for (var round = 0; round < 2; round++)
        {
            foreach (var path in paths[Lost])
            {
                (await client.IsHitAsync(path)).Should().BeFalse("its server doesn't serve");
            }

            await client.ShouldHitAsync(others);
        }

        client.Log.Warnings.Should().OnlyContain(w => w.Name == "StoreFault", "the store as a whole is not left alone");
        client.Log.Warnings.Should().Contain(w => w.Text.Contains("CLUSTERDOWN The cluster is down", StringComparison.Ordinal), "else something else was tested");
        await server.ExecuteAsync("CLUSTER", "ADDSLOTS", free);
        await client.UntilHitAsync(paths[Lost]);
    }

    [EngineFact]
    public async Task Read_ConnectionMadeWhileTheClusterWasAway_OneServersHangingIsItsOwn()
    {
        foreach (var server in _cluster.Servers)
        {
            server.Pause();
        }

        await using var connection = await ConnectionMultiplexer.ConnectAsync(
            _cluster.Configuration.Split(",connect")[0] + ",abortConnect=false,connectTimeout=1000,asyncTimeout=60000,syncTimeout=60000");
        var options = Contract.Prefixes.Fresh();
        options.ServerTimeout = TimeSpan.FromSeconds(1);
        using var store = new RedisHttpCacheStore(connection, options);
        foreach (var server in _cluster.Servers)
        {
            server.Resume();
        }

        await Wait.UntilAsync(
            () => Task.FromResult(connection.GetServers().Count(s => s is { IsConnected: true, ServerType: ServerType.Cluster }) == 3 && connection.GetHashSlot("some") >= 0),
            "for the client to connect, and to know that it is a Cluster");
        var keys = new StoreKeys(options.Prefix);
        var lost = Enumerable.Range(0, 1000).Select(i => new CacheKey($"https://example.org/{i}"))
            .First(k => ClusterEngine.IndexOf(connection.GetHashSlot(keys.PlaceOf(k).Root)) == Lost);
        _cluster.Servers[Lost].Pause();
        try
        {
            // Far below the client's own limit.
            await store.Invoking(s => s.ReadAsync(lost, default).AsTask().WaitAsync(TimeSpan.FromSeconds(30)))
                .Should().ThrowAsync<StorePartUnavailableException>();
        }
        finally
        {
            _cluster.Servers[Lost].Resume();
        }
    }

    [EngineFact]
    public async Task Read_OneServerKilled_NoCallerWaitsForItAndItIsFoundAgain()
    {
        await using var fixture = await Store.StoreFixture.StartAsync(_cluster);
        var lost = Enumerable.Range(0, 1000).Select(i => new CacheKey($"https://example.org/{i}"))
            .First(k => ClusterEngine.IndexOf(fixture.Connection.GetHashSlot(fixture.Keys.PlaceOf(k).Root)) == Lost);
        await fixture.PutAsync(lost);
        await _cluster.Servers[Lost].KillAsync();
        await Wait.UntilAsync(() => Task.FromResult(!fixture.Connection.GetServer(_cluster.Servers[Lost].Address).IsConnected), "for the client to know");
        await fixture.Store.Invoking(s => s.ReadAsync(lost, default).AsTask()).Should().ThrowAsync<StorePartUnavailableException>();

        // For longer than any pause between trials.
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(4))
        {
            var read = fixture.Store.ReadAsync(lost, default);
            read.IsCompleted.Should().BeTrue("no caller tries the server");
            await read.AsTask().Invoking(r => r).Should().ThrowAsync<StorePartUnavailableException>();
            await Task.Delay(5);
        }

        await _cluster.Servers[Lost].StartAgainAsync();
        await Wait.UntilAsync(
            async () =>
            {
                try
                {
                    return await fixture.CountAsync(lost) == 0;
                }
                catch (Exception exception) when (exception is StorePartUnavailableException or RedisException)
                {
                    return false;
                }
            },
            "for the server to be asked again");
    }

    [EngineTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Request_OneServerKilledUnderLoadBehindMemory_NoneFailsAndTheOthersAreNotAskedForAgain(bool tellsChanges)
    {
        using var client = new ClusterClient(Configuration, memoryTier: true);
        var paths = await client.PathsAsync(_cluster, OfEach);
        string[] all = [.. paths.SelectMany(p => p)];
        var lost = await ServerOfChannelAsync(client.Prefix) is var telling && tellsChanges ? telling : (telling + 1) % 3;
        string[] others = [.. Enumerable.Range(0, 3).Where(i => i != lost).SelectMany(i => paths[i])];
        await Wait.UntilAsync(() => Task.FromResult(client.IsFollowing), "for changes to be told");
        await client.UntilHitAsync(all);
        var before = others.Sum(client.Origin.GetsOf);

        using var load = new Load(client, all);
        await load.MakesAsync(100);
        await _cluster.Servers[lost].KillAsync();
        await load.MakesAsync(1000);

        // What memory has it may still give for a while; what is changed meanwhile it must not.
        var changed = paths[lost][0];
        await client.ChangeAsync(changed);
        (await client.AskAsync(changed)).Version.Should().Be(client.Origin.VersionOf(changed));
        await _cluster.Servers[lost].StartAgainAsync();
        await load.MakesAsync(200);
        await Wait.UntilAsync(async () => client.IsFollowing && await client.IsHitAsync(changed), "for all to be as before");
        await load.EndAsync();

        others.Sum(client.Origin.GetsOf).Should().BeLessThanOrEqualTo(
            before + others.Length, "their servers and memory had them all the time; a call that was under way when the connections changed may have failed");
    }

    [EngineFact]
    public async Task Request_OneServerHangs_TheOthersAreHitAndWhatWasChangedMeanwhileIsNotServed()
    {
        using var client = new ClusterClient(Configuration, serverTimeout: TimeSpan.FromSeconds(2));
        var paths = await client.PathsAsync(_cluster, 2);
        string[] others = [.. paths[0], .. paths[2]];
        await client.UntilHitAsync([.. paths.SelectMany(p => p)]);
        var changed = paths[Lost][0];

        _cluster.Servers[Lost].Pause();
        try
        {
            (await client.IsHitAsync(paths[Lost][1])).Should().BeFalse();
            await client.ChangeAsync(changed);
            (await client.AskAsync(changed)).Should().Be((false, 1));
            await client.UntilHitAsync(others);
        }
        finally
        {
            _cluster.Servers[Lost].Resume();
        }

        // The server has the version from before: it must go before anything of it is used.
        await Wait.UntilAsync(
            async () =>
            {
                var (isHit, version) = await client.AskAsync(changed);
                version.Should().Be(1);
                return isHit;
            },
            "for a hit");
        await client.UntilHitAsync([.. paths.SelectMany(p => p)]);
    }

    [EngineFact]
    public async Task RemoveByTag_OneServerIsGone_RemovesOnTheOthersAndSaysSo()
    {
        await using var fixture = await Store.StoreFixture.StartAsync(_cluster);
        var keys = Enumerable.Range(0, 24).Select(i => new CacheKey($"https://example.org/{i}")).ToList();
        foreach (var key in keys)
        {
            await fixture.PutAsync(key, 10, "t");
        }

        await _cluster.Servers[Lost].KillAsync();
        var removing = async () => await fixture.Store.RemoveByTagAsync("t", default);

        await removing.Should().ThrowAsync<StorePartUnavailableException>();
        foreach (var key in keys.Where(k => ClusterEngine.IndexOf(fixture.Connection.GetHashSlot(fixture.Keys.PlaceOf(k).Root)) != Lost))
        {
            (await fixture.CountAsync(key)).Should().Be(0);
        }
    }

    private async Task<int> ServerOfChannelAsync(string prefix)
    {
        await using var connection = await _cluster.Servers[0].ConnectAsync();
        return ClusterEngine.IndexOf(connection.GetHashSlot((string)ChangeMessage.ChannelOf(prefix)!));
    }
}
