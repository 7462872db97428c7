using HttpCaching.Redis.Keys;
using HttpCaching.Redis.Tests.Engines;
using HttpCaching.StoreContract;
using StackExchange.Redis;

namespace HttpCaching.Redis.Tests.Store;

/// <summary>The sets that say what has a tag hold nothing for longer than what is named in them.</summary>
public sealed class TagSetTests(GarnetEngine garnet, SingleEngine redis) : IClassFixture<GarnetEngine>, IClassFixture<SingleEngine>
{
    /// <summary>Garnet always, redis-server where it is installed or required.</summary>
    public static TheoryData<string> Kinds => Nodes.NodeEngine.Kinds;

    private static readonly TimeSpan Stamp = TimeSpan.FromMinutes(5);

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Commit_SameTagAgain_ForgetsWhatHasExpired(string kind)
    {
        await using var fixture = await StartAsync(kind);
        var name = SetOf(fixture);
        await fixture.Database.SortedSetAddAsync(name, "old", 1000);

        await fixture.PutAsync(StoreFixture.Key, 10, "t");

        (await fixture.Database.SortedSetRangeByRankAsync(name)).Should().Equal((RedisValue)fixture.Place.Root[fixture.Keys.MemberStart..]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Commit_WithTag_SetLastsAsLongAsItsLongestMember(string kind)
    {
        await using var fixture = await StartAsync(kind);
        await PutAsync(fixture, "a", TimeSpan.FromHours(1));
        await LastsAsync(fixture, TimeSpan.FromHours(1));
        await PutAsync(fixture, "b", TimeSpan.FromMinutes(10));
        await LastsAsync(fixture, TimeSpan.FromHours(1));
        await PutAsync(fixture, "c", TimeSpan.FromHours(3));
        await LastsAsync(fixture, TimeSpan.FromHours(3));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task ReplaceHead_WithTag_SetLastsAsLong(string kind)
    {
        await using var fixture = await StartAsync(kind);
        var head = await PutAsync(fixture, null, TimeSpan.FromHours(1));

        (await fixture.Store.RefreshAsync(StoreFixture.Key, head.Generation, StoredResponses.Refresh(head), TimeSpan.FromHours(5))).Should().BeTrue();

        await LastsAsync(fixture, TimeSpan.FromHours(5));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Commit_SetWithoutExpiry_GetsOne(string kind)
    {
        // As an earlier version left them.
        await using var fixture = await StartAsync(kind);
        await fixture.Database.SortedSetAddAsync(SetOf(fixture), "old", 1000);

        await PutAsync(fixture, "a", TimeSpan.FromHours(1));

        await LastsAsync(fixture, TimeSpan.FromHours(1));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task RemoveByTag_MembersDead_ForgetsThem(string kind)
    {
        await using var fixture = await StartAsync(kind);
        var name = SetOf(fixture);
        await PutAsync(fixture, "a", TimeSpan.FromHours(1));
        await fixture.Database.SortedSetAddAsync(name, "old", 1000);

        (await fixture.Store.RemoveByTagAsync("t", default)).Should().Be(1);

        (await fixture.Database.SortedSetLengthAsync(name)).Should().Be(1, "what was just removed may have been stored again, and is forgotten when its time is over");
    }

    private Task<StoreFixture> StartAsync(string kind) => StoreFixture.StartAsync(kind == "garnet" ? garnet : redis);

    private static RedisKey SetOf(StoreFixture fixture) => fixture.Keys.TagOf(fixture.Place.Bucket, KeyHash.NameOf("t"));

    // In different scopes of one URI: they share a bucket, and so the set.
    private static async Task<StoredResponse> PutAsync(StoreFixture fixture, string? scope, TimeSpan retention)
    {
        var key = StoreFixture.Key with { Scope = scope };
        var head = StoredResponses.Get(key.Uri, 10, tags: ["t"]);
        using var snapshot = await fixture.Store.ReadAsync(key, default);
        (await fixture.TryPutAsync(key, head, snapshot.Stamp, retention: retention)).Should().BeTrue();
        return head;
    }

    private static async Task LastsAsync(StoreFixture fixture, TimeSpan retention)
    {
        var left = await fixture.Database.KeyTimeToLiveAsync(SetOf(fixture));
        left.Should().NotBeNull().And.BeLessThanOrEqualTo(retention + Stamp).And.BeGreaterThan(retention - TimeSpan.FromMinutes(5));
    }
}
