using System.Diagnostics;
using HttpCaching.Redis.Keys;
using HttpCaching.Redis.Tests.Contract;
using HttpCaching.Redis.Tests.Engines;
using StackExchange.Redis;

namespace HttpCaching.Redis.Tests.Faults;

/// <summary>
/// A Cluster of which the connection has another picture than its servers: the connection is the application's, and looks at the servers of itself once an hour only.
/// </summary>
public sealed class ClusterSeenLateTests : IAsyncLifetime
{
    private const string Late = ",connectTimeout=2000,syncTimeout=30000,asyncTimeout=30000,configCheckSeconds=3600,abortConnect=false,allowAdmin=true";

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(15);

    private readonly ClusterEngine _cluster = new() { IsAllOrNothing = false };
    private readonly RedisHttpCacheStoreOptions _options = Prefixes.Fresh();

    private string Configuration => _cluster.Configuration.Split(",connect")[0] + Late;

    public Task InitializeAsync() => _cluster.InitializeAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync();

    [EngineTheory]
    [InlineData("prefix")]
    [InlineData("clear")]
    public async Task Remove_APrimaryHasJoinedThatTheConnectionHasNotSeen_NothingIsLeftWithoutAWord(string what)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(Configuration);
        using var store = new RedisHttpCacheStore(connection, _options);
        var origin = new VersionedHandler(1000);
        using var client = new HttpClient(new CachingHandler(store) { InnerHandler = origin });
        string[] uris = [.. Enumerable.Range(0, 20).Select(i => $"https://example.org/p{i}")];
        foreach (var uri in uris)
        {
            (await client.GetByteArrayAsync(uri)).Should().NotBeEmpty();
        }

        var joined = await _cluster.AddPrimaryAsync();
        foreach (var slot in uris.Select(uri => SlotOf(connection, uri)).Distinct())
        {
            await _cluster.MoveSlotAsync(slot, joined);
        }

        try
        {
            await (what == "prefix" ? store.RemoveByPrefixAsync("https://example.org/", default).AsTask() : store.ClearAsync(default).AsTask());
        }
        catch (StorePartUnavailableException)
        {
            // It says that something may be left, and is repeated.
            await Wait.UntilAsync(async () => await TryAsync(() => store.RemoveByPrefixAsync("https://example.org/", default).AsTask()), "for a removal of everything");
        }

        await using var fresh = await ConnectionMultiplexer.ConnectAsync(joined.Address + Late);
        using var other = new RedisHttpCacheStore(fresh, _options);
        (await CountAsync(other)).Should().Be(0);
    }

    [EngineFact]
    public async Task Request_ReplicaHasTakenOver_TheOldPrimaryIsForgottenWithinSeconds()
    {
        var replica = await _cluster.AddReplicaAsync(of: 0);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(Configuration);
        using var store = new RedisHttpCacheStore(connection, _options);
        var origin = new VersionedHandler(1000);
        using var client = new HttpClient(new CachingHandler(store) { InnerHandler = origin });
        var uri = Enumerable.Range(0, 1000).Select(i => $"https://example.org/p{i}").First(u => ClusterEngine.IndexOf(SlotOf(connection, u)) == 0);
        await Wait.UntilAsync(() => IsHitAsync(client, uri), "for a hit");
        await using var admin = await replica.ConnectAsync();
        var server = admin.GetServer(replica.Address);

        await _cluster.Servers[0].KillAsync();
        (await IsHitAsync(client, uri)).Should().BeFalse();
        await Wait.UntilAsync(
            async () =>
            {
                await IsHitAsync(client, uri);
                return await TryAsync(() => server.ExecuteAsync("CLUSTER", "FAILOVER", "TAKEOVER"))
                    || (await server.InfoRawAsync("replication"))!.Contains("role:master", StringComparison.Ordinal);
            },
            "for the replica to take over");
        var start = Stopwatch.GetTimestamp();
        await Wait.UntilAsync(() => IsHitAsync(client, uri), "for a hit");

        Stopwatch.GetElapsedTime(start).Should().BeLessThan(Bound + Slack);
    }

    [EngineFact]
    public async Task Read_SharedConnectionMadeWhileTheClusterWasAway_OneServersHangingIsItsOwn()
    {
        foreach (var server in _cluster.Servers)
        {
            await server.KillAsync();
        }

        await using var connection = await ConnectionMultiplexer.ConnectAsync(Configuration);
        _options.ServerTimeout = TimeSpan.FromMilliseconds(500);
        using var store = new RedisHttpCacheStore(connection, _options);
        foreach (var server in _cluster.Servers)
        {
            await server.StartAgainAsync();
        }

        var uri = "https://example.org/p0";
        var key = new CacheKey(uri);
        await Wait.UntilAsync(() => TryAsync(async () => (await store.ReadAsync(key, default)).Dispose()), "for the Cluster");
        var hanging = _cluster.Servers[ClusterEngine.IndexOf(SlotOf(connection, uri))];
        hanging.Pause();
        try
        {
            var start = Stopwatch.GetTimestamp();
            await store.Invoking(s => s.ReadAsync(key, default).AsTask()).Should().ThrowAsync<StorePartUnavailableException>();
            Stopwatch.GetElapsedTime(start).Should().BeLessThan(TimeSpan.FromSeconds(15), "the client's own limit is half a minute");
        }
        finally
        {
            hanging.Resume();
        }
    }

    private int SlotOf(IConnectionMultiplexer connection, string uri) => connection.GetHashSlot(new StoreKeys(_options.Prefix).PlaceOf(new CacheKey(uri)).Root);

    private static async Task<bool> IsHitAsync(HttpClient client, string uri)
    {
        using var response = await client.GetAsync(uri);
        return response.GetCacheStatus()!.Hit;
    }

    private static async Task<bool> TryAsync(Func<Task> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (Exception exception) when (exception is RedisException or IOException or TimeoutException)
        {
            return false;
        }
    }

    private static async Task<int> CountAsync(RedisHttpCacheStore store)
    {
        var count = 0;
        await foreach (var _ in store.EnumerateAsync(default))
        {
            count++;
        }

        return count;
    }
}
