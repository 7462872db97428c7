using System.Diagnostics;
using HttpCaching.StoreContract;
using StackExchange.Redis;

namespace HttpCaching.Redis.Tests.Nodes;

/// <summary>What one machine has: a connection, a store on the engine, and memory in front of it.</summary>
internal sealed class TieredNode : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public TieredNode(string configuration, TimeSpan? checkInterval = null)
    {
        var options = ConfigurationOptions.Parse(configuration);
        options.HeartbeatInterval = TimeSpan.FromMilliseconds(200);
        options.AsyncTimeout = 3000;
        options.ConnectTimeout = 3000;
        Connection = ConnectionMultiplexer.Connect(options);
        Back = new RedisHttpCacheStore(Connection, new RedisHttpCacheStoreOptions { ServerTimeout = Contract.Prefixes.Patience, FeedCheckInterval = checkInterval ?? TimeSpan.FromSeconds(1) });
        Tier = new TieredHttpCacheStore(Front, Back, new TieredHttpCacheStoreOptions { MaximumAge = TimeSpan.Zero, MaximumAgeWhileFollowing = TimeSpan.FromHours(1) });
    }

    public ConnectionMultiplexer Connection { get; }

    public MemoryHttpCacheStore Front { get; } = new();

    public RedisHttpCacheStore Back { get; }

    public TieredHttpCacheStore Tier { get; }

    public static async Task UntilAsync(Func<bool> condition, string because)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            clock.Elapsed.Should().BeLessThan(Patience, because);
            await Task.Delay(5);
        }
    }

    public Task WhenFollowingAsync(bool isFollowing = true) => UntilAsync(() => Tier.IsFollowing == isFollowing, $"following has to become {isFollowing}");

    /// <summary>The generation that the node shows now, or zero.</summary>
    public async Task<long> ReadAsync(CacheKey key)
    {
        using var snapshot = await Tier.ReadAsync(key, default);
        return snapshot.Responses.IsEmpty ? 0 : snapshot.Responses[0].Generation;
    }

    /// <summary>Waits until the node shows this generation; how long that took.</summary>
    public async Task<TimeSpan> UntilShowsAsync(CacheKey key, long generation)
    {
        var clock = Stopwatch.StartNew();
        while (await ReadAsync(key) is var shown && shown != generation)
        {
            clock.Elapsed.Should().BeLessThan(Patience, $"{generation} has to show in place of {shown}");
            await Task.Yield();
        }

        return clock.Elapsed;
    }

    public async Task<long> PutAsync(CacheKey key)
    {
        var head = StoredResponses.Get(key.Uri);
        using var snapshot = await Tier.ReadAsync(key, default);
        using var writer = await Tier.BeginWriteAsync(key, head.BodyLength, default);
        await writer!.WriteAsync(SelfDescribingBody.Create(head.BodyId, head.BodyLength), default);
        var commit = new StoreCommit
        {
            Head = head,
            Stamp = snapshot.Stamp,
            Replaces = snapshot.Responses.IsEmpty ? null : snapshot.Responses[0].Generation,
            Retention = TimeSpan.FromHours(1),
        };
        (await writer.CommitAsync(commit, default)).Should().BeTrue();
        return head.Generation;
    }

    public void Dispose()
    {
        Tier.Dispose();
        Back.Dispose();
        Front.Dispose();
        Connection.Dispose();
    }
}
