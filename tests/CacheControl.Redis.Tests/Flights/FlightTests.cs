using HttpCaching.Redis.Connection;
using HttpCaching.Redis.Tests.Nodes;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using Xunit.Abstractions;

namespace HttpCaching.Redis.Tests.Flights;

/// <summary>Caches with connections of their own on one engine.</summary>
public sealed class FlightTests(ITestOutputHelper output)
{
    [Theory]
    [MemberData(nameof(NodeEngine.KindsWithCluster), MemberType = typeof(NodeEngine))]
    public async Task Caches_TwoMissAtOnce_AskTheOriginOnce(string kind) => await MissAsync(kind, 2);

    [Theory]
    [MemberData(nameof(NodeEngine.KindsWithCluster), MemberType = typeof(NodeEngine))]
    public async Task Caches_FourMissAtOnce_AskTheOriginOnce(string kind) => await MissAsync(kind, 4);

    private static async Task MissAsync(string kind, int count)
    {
        await using var engine = await NodeEngine.StartAsync(kind);
        await using var origin = await CountingOrigin.StartAsync();
        var gate = new TaskCompletionSource();
        origin.Gate = _ => gate.Task;
        var nodes = Enumerable.Range(0, count).Select(_ => new CacheNode(engine, origin)).ToList();
        var gets = nodes.SelectMany(n => Enumerable.Range(0, 5).Select(_ => n.Client.GetStringAsync("/x"))).ToArray();
        await TieredNode.UntilAsync(() => origin.Count == 1 && nodes.Sum(n => n.Entered) == count, "all nodes have to agree that one asks");
        gate.SetResult();

        (await Task.WhenAll(gets)).Should().AllBe("body of /x");
        origin.Count.Should().Be(1);
        nodes.ForEach(n => n.Dispose());
    }

    [Theory]
    [MemberData(nameof(NodeEngine.Kinds), MemberType = typeof(NodeEngine))]
    public async Task NotStorable_DoesNotSerialise(string kind)
    {
        await using var engine = await NodeEngine.StartAsync(kind);
        await using var origin = await CountingOrigin.StartAsync();
        origin.CacheControl = "no-store";
        using var one = new CacheNode(engine, origin);
        using var other = new CacheNode(engine, origin);
        await one.Client.GetStringAsync("/x");

        // It is remembered where it was found out, and for a moment on the engine.
        var together = new TaskCompletionSource();
        origin.Gate = async path =>
        {
            if (origin.CountOf(path) == 3)
            {
                together.TrySetResult();
            }

            await together.Task.WaitAsync(TieredNode.Patience);
        };
        await Task.WhenAll(one.Client.GetStringAsync("/x"), other.Client.GetStringAsync("/x"));

        origin.Count.Should().Be(3, "both were at the origin at the same time");
    }

    [Theory]
    [MemberData(nameof(NodeEngine.Kinds), MemberType = typeof(NodeEngine))]
    public async Task Lead_IsOnesUntilItEnds(string kind)
    {
        await using var engine = await NodeEngine.StartAsync(kind);
        using var one = Store(engine);
        using var other = Store(engine);
        var name = new string('a', 64);
        var lead = await one.EnterAsync(name, default);
        var follower = await other.EnterAsync(name, default);
        lead.IsLead.Should().BeTrue();
        follower.IsLead.Should().BeFalse();
        (await follower.WaitAsync(TimeSpan.FromMilliseconds(100), default)).Should().Be(HttpCacheFlightEnd.Overdue);

        var waiting = follower.WaitAsync(TieredNode.Patience, default).AsTask();
        await lead.EndAsync(HttpCacheFlightEnd.Stored, default);

        (await waiting).Should().BeOneOf(HttpCacheFlightEnd.Stored, HttpCacheFlightEnd.Unknown);
        await using var next = await other.EnterAsync(name, default);
        next.IsLead.Should().BeTrue();
        await lead.EndAsync(HttpCacheFlightEnd.Failed, default);
        await using var late = await one.EnterAsync(name, default);
        late.IsLead.Should().BeFalse("an end that comes twice takes nobody else's lead");
        await follower.DisposeAsync();
    }

    /// <summary>The lease is longer than any test: only the clock of the one who leads goes on, and what the engine would do at its end the test does.</summary>
    [Theory]
    [MemberData(nameof(NodeEngine.Kinds), MemberType = typeof(NodeEngine))]
    public async Task Lead_LongerThanItsLease_IsRenewed_AndALostOneIsFree(string kind)
    {
        await using var engine = await NodeEngine.StartAsync(kind);
        var time = new FakeTimeProvider();
        var lease = TimeSpan.FromHours(1);
        using var one = Store(engine, lease, time);
        using var other = Store(engine, lease);
        var name = new string('b', 64);
        var lead = await one.EnterAsync(name, default);
        await using var follower = await other.EnterAsync(name, default);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(engine.Configuration);
        var database = connection.GetDatabase();
        var key = new RedisHttpCacheStoreOptions().Prefix + "flight:" + name;
        (await database.KeyExpireAsync(key, TimeSpan.FromDays(1))).Should().BeTrue();

        await Engines.Wait.UntilAsync(
            async () =>
            {
                time.Advance(lease / 3);
                return await database.KeyTimeToLiveAsync(key) <= lease;
            },
            "for the lead to be renewed");
        (await follower.WaitAsync(TimeSpan.FromMilliseconds(100), default)).Should().Be(HttpCacheFlightEnd.Overdue, "it is led still");
        lead.IsLead.Should().BeTrue();
        one.Dispose();
        await database.KeyExpireAsync(key, TimeSpan.FromDays(1));
        time.Advance(lease);
        (await database.KeyTimeToLiveAsync(key)).Should().BeGreaterThan(lease, "nothing renews it any more");

        await database.KeyDeleteAsync(key);
        (await follower.WaitAsync(TieredNode.Patience, default)).Should().Be(HttpCacheFlightEnd.Unknown, "its lease has ended");
        await using var next = await other.EnterAsync(name, default);
        next.IsLead.Should().BeTrue();
        await lead.Awaiting(l => l.DisposeAsync().AsTask()).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Fact]
    public async Task Engine_Gone_RequestsGoOn()
    {
        var engine = await NodeEngine.StartAsync("garnet");
        await using var origin = await CountingOrigin.StartAsync();
        using var node = new CacheNode(engine, origin);
        await node.Client.GetStringAsync("/x");
        await engine.DisposeAsync();

        for (var i = 0; i < 3; i++)
        {
            (await node.Client.GetStringAsync($"/gone/{i}")).Should().Be($"body of /gone/{i}");
        }

        output.WriteLine($"{origin.Count} origin requests");
        origin.Count.Should().Be(4);
    }

    private static RedisHttpCacheStore Store(NodeEngine engine, TimeSpan? lease = null, TimeProvider? time = null) =>
        new(engine.Configuration, new RedisHttpCacheStoreOptions
        {
            ServerTimeout = Contract.Prefixes.Patience,
            Flights = new FlightSettings { Lease = lease ?? TimeSpan.FromSeconds(30), LongestLead = TimeSpan.FromDays(365) },
            TimeProvider = time ?? TimeProvider.System,
        });

    /// <summary>A cache of one machine, which counts how often it has asked for a lead.</summary>
    private sealed class CacheNode : IHttpCacheFlights, IDisposable
    {
        private readonly ConnectionMultiplexer _connection;
        private readonly RedisHttpCacheStore _store;
        private readonly HttpCache _cache;
        private int _entered;

        public CacheNode(NodeEngine engine, CountingOrigin origin)
        {
            _connection = ConnectionMultiplexer.Connect(engine.Configuration);
            _store = new RedisHttpCacheStore(_connection);
            _cache = new HttpCache(_store, new HttpCacheOptions { Collapsing = { Flights = this, MaximumFlightWait = TieredNode.Patience, MaximumWait = TieredNode.Patience * 2 }, Store = { Timeout = TimeSpan.FromSeconds(20) } });
            Client = new HttpClient(new CachingHandler(_cache)) { BaseAddress = origin.Address };
        }

        public HttpClient Client { get; }

        public int Entered => Volatile.Read(ref _entered);

        public async ValueTask<HttpCacheFlight> EnterAsync(string name, CancellationToken cancellationToken)
        {
            var part = await _store.EnterAsync(name, cancellationToken);
            Interlocked.Increment(ref _entered);
            return part;
        }

        public void Dispose()
        {
            Client.Dispose();
            _cache.Dispose();
            _store.Dispose();
            _connection.Dispose();
        }
    }
}
