using HttpCaching.Redis.Keys;
using HttpCaching.Redis.Tests.Engines;
using HttpCaching.StoreContract;
using StackExchange.Redis;

namespace HttpCaching.Redis.Tests.Store;

/// <summary>How long keys live, and what is left on the engine.</summary>
public sealed class LifetimeTests(GarnetEngine engine) : IClassFixture<GarnetEngine>
{
    // The engine counts this time, not a clock of the tests: long enough for a busy machine to prolong it three times within.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private const int Large = 500_000;

    [Theory]
    [InlineData(60)]
    [InlineData(0)]
    [InlineData(1_000_000_000)]
    public async Task Commit_Retention_KeysExpireAndChunksOutlastHeads(long seconds)
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        using var snapshot = await fixture.Store.ReadAsync(StoreFixture.Key, default);
        var head = StoredResponses.Get(StoreFixture.Key.Uri, Large, tags: "t");
        (await fixture.TryPutAsync(StoreFixture.Key, head, snapshot.Stamp, retention: TimeSpan.FromSeconds(seconds))).Should().BeTrue();

        var record = await fixture.Database.KeyTimeToLiveAsync(fixture.Place.Root);
        var body = await fixture.Database.KeyTimeToLiveAsync(await fixture.BodyNameAsync());

        record.Should().NotBeNull().And.BeGreaterThan(TimeSpan.FromMinutes(4));
        record.Should().BeLessThanOrEqualTo(TimeSpan.FromSeconds(Math.Min(seconds, 30 * 86400)) + TimeSpan.FromMinutes(6));
        body.Should().BeGreaterThan(record!.Value + TimeSpan.FromMinutes(4));
    }

    [Fact]
    public async Task Read_ManyMisses_LeaveOnlyKeysThatExpire()
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        for (var i = 0; i < 10; i++)
        {
            (await fixture.CountAsync(new CacheKey($"https://example.org/{i}", i % 2 == 0 ? "scope" : null))).Should().Be(0);
        }

        foreach (var name in await fixture.NamesAsync())
        {
            if (fixture.Keys.KindOf(name, out _) != StoreKeyKind.Epoch)
            {
                (await fixture.Database.KeyTimeToLiveAsync(name)).Should().BePositive().And.BeLessThanOrEqualTo(TimeSpan.FromMinutes(5));
            }
        }
    }

    [Fact]
    public async Task AnyKey_OfAUriWithSecrets_TellsNothingOfIt()
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        await fixture.PutAsync(StoreFixture.Key with { Scope = "hidden-scope" }, Large, "hidden-tag");

        (await fixture.NamesAsync()).Should().HaveCountGreaterThan(3).And.NotContain(n => n.Contains("hidden", StringComparison.Ordinal) || n.Contains("example", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Write_Abandoned_LeavesNoChunks()
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        using (var writer = await fixture.Store.BeginWriteAsync(StoreFixture.Key, Large, default))
        {
            await writer!.WriteAsync(new byte[Large], default);
            (await fixture.Database.KeyTimeToLiveAsync(await fixture.BodyNameAsync())).Should().BePositive().And.BeLessThanOrEqualTo(TimeSpan.FromMinutes(1));
        }

        await Wait.UntilAsync(async () => (await fixture.NamesAsync()).Count == 0, "for the chunks to go");
    }

    [Fact]
    public async Task Commit_Refused_LeavesNoChunks()
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        (await fixture.TryPutAsync(StoreFixture.Key, StoredResponses.Get(StoreFixture.Key.Uri, Large), stamp: 0)).Should().BeFalse();

        await Wait.UntilAsync(
            async () => !(await fixture.NamesAsync()).Exists(n => n.Contains(StoreKeys.BodyMark, StringComparison.Ordinal)), "for the chunks to go");
    }

    [Fact]
    public async Task Snapshot_BodyReplaced_StaysReadableLongerThanItsGrace()
    {
        await using var fixture = await StoreFixture.StartAsync(engine, o => o.BodyGrace = Grace);
        await fixture.PutAsync(StoreFixture.Key, Large);
        var name = await fixture.BodyNameAsync();
        using (var snapshot = await fixture.Store.ReadAsync(StoreFixture.Key, default))
        {
            await fixture.PutAsync(StoreFixture.Key, 10);
            await Task.Delay(Grace * 2);

            (await StoreFixture.IsWholeAsync(snapshot)).Should().BeTrue();
        }

        await Wait.UntilAsync(async () => !await fixture.Database.KeyExistsAsync(name), "for the body to expire");
    }

    [Fact]
    public async Task Write_SlowerThanItsGrace_IsStored()
    {
        await using var fixture = await StoreFixture.StartAsync(engine, o => o.BodyGrace = Grace);
        var head = StoredResponses.Get(StoreFixture.Key.Uri, Large);
        var bytes = SelfDescribingBody.Create(head.BodyId, Large);
        using var before = await fixture.Store.ReadAsync(StoreFixture.Key, default);
        using var writer = await fixture.Store.BeginWriteAsync(StoreFixture.Key, null, default);
        await writer!.WriteAsync(bytes.AsMemory(0, 300_000), default);
        await Task.Delay(Grace * 2);
        (await writer.WriteAsync(bytes.AsMemory(300_000), default)).Should().BeTrue();

        (await writer.CommitAsync(new StoreCommit { Head = head, Stamp = before.Stamp, Retention = TimeSpan.FromHours(1) }, default)).Should().BeTrue();

        using var snapshot = await fixture.Store.ReadAsync(StoreFixture.Key, default);
        (await StoreFixture.IsWholeAsync(snapshot)).Should().BeTrue();
    }

    [Fact]
    public async Task Clear_OthersKeysThere_LeavesThem()
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        await using var neighbour = await StoreFixture.StartAsync(engine, o => o.Prefix = fixture.Options.Prefix + "more:");
        await neighbour.PutAsync(StoreFixture.Key, Large, "t");
        RedisKey[] others = [fixture.Options.Prefix + "mine", fixture.Options.Prefix + "{xyz}mine", fixture.Options.Prefix + "{fff}mine", "unrelated" + fixture.Options.Prefix];
        foreach (var other in others)
        {
            await fixture.Database.StringSetAsync(other, "kept");
        }

        await fixture.PutAsync(StoreFixture.Key, Large, "t");
        await fixture.PutAsync(StoreFixture.Key with { Scope = "s" }, 10, "t");
        await fixture.Store.ClearAsync(default);

        (await neighbour.CountAsync(StoreFixture.Key)).Should().Be(1);
        foreach (var other in others)
        {
            (await fixture.Database.StringGetAsync(other)).Should().Be("kept");
        }

        var left = (await fixture.NamesAsync()).Select(n => fixture.Keys.KindOf(n, out _));
        left.Should().NotContain(StoreKeyKind.Record).And.NotContain(StoreKeyKind.Tag);
    }
}
