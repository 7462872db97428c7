using HttpCaching.Redis.Keys;
using HttpCaching.Redis.Tests.Engines;

namespace HttpCaching.Redis.Tests.Store;

/// <summary>Removal by tag, where the sets of tags can be trusted and where they can't.</summary>
public sealed class TagTests(SingleEngine engine) : IClassFixture<SingleEngine>
{
    [EngineTheory]
    [InlineData("allkeys-lru", 0)]
    [InlineData("volatile-lru", 0)]
    [InlineData("noeviction", 1)]
    public async Task RemoveByTag_SetLost_LooksAtEverythingWhereSetsMayBeEvicted(string policy, int left)
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        var server = fixture.Connection.GetServers()[0];
        await fixture.PutAsync(StoreFixture.Key, 100, "t");
        await fixture.Database.KeyDeleteAsync(fixture.Keys.TagOf(fixture.Place.Bucket, KeyHash.NameOf("t")));
        await server.ConfigSetAsync("maxmemory", "1gb");
        await server.ConfigSetAsync("maxmemory-policy", policy);
        try
        {
            (await fixture.Store.RemoveByTagAsync("t", default)).Should().Be(1 - left);
        }
        finally
        {
            await server.ConfigSetAsync("maxmemory-policy", "noeviction");
            await server.ConfigSetAsync("maxmemory", "0");
        }

        (await fixture.CountAsync(StoreFixture.Key)).Should().Be(left);
    }

    [EngineFact]
    public async Task RemoveByTag_ManyAcrossBuckets_RemovesAllOfThem()
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        for (var i = 0; i < 300; i++)
        {
            await fixture.PutAsync(new CacheKey($"https://example.org/{i}", i % 3 == 0 ? "s" : null), 10, i % 2 == 0 ? "even" : "odd", "all");
        }

        (await fixture.Store.RemoveByTagAsync("even", default)).Should().Be(150);
        (await fixture.Store.RemoveByTagAsync("even", default)).Should().Be(0);
        (await fixture.Store.RemoveByTagAsync("all", default)).Should().Be(150);
    }
}
