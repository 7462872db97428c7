using HttpCaching.Redis.Tests.Engines;
using HttpCaching.StoreContract;
using StackExchange.Redis;

namespace HttpCaching.Redis.Tests.Store;

/// <summary>The responses of a URI in all partitions are found by an index, and not by a pass over the engine.</summary>
public abstract class ScopesOfUriTests(IEngine engine)
{
    private static readonly CachedResponseFilter OfSome = new() { Uri = new Uri("https://example.org/some") };

    protected async Task FindAsync()
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        using var cache = new HttpCache(fixture.Store);
        await FillAsync(fixture);
        var before = await CommandsAsync(fixture);

        var found = await cache.FindAsync(OfSome.Uri!);

        found.Select(r => r.BodyBytes).Should().BeEquivalentTo([1L, 2L, 3L]);
        var after = await CommandsAsync(fixture);
        Calls("scan").Should().Be(0);
        Calls("keys").Should().Be(0);
        Calls("getrange").Should().BeLessThan(10, "each record is read, and for a partition the stamp of the URI");

        (await cache.MarkStaleAsync(OfSome)).Count.Should().Be(3);
        (await cache.RemoveAsync(OfSome)).Count.Should().Be(3);
        (await CommandsAsync(fixture)).GetValueOrDefault("scan").Should().Be(before.GetValueOrDefault("scan"));
        (await cache.FindAsync(OfSome.Uri!)).Should().BeEmpty();

        long Calls(string command) => after.GetValueOrDefault(command) - before.GetValueOrDefault(command);
    }

    protected async Task FindAfterInvalidationAsync()
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        using var cache = new HttpCache(fixture.Store);
        await FillAsync(fixture);
        await fixture.Store.InvalidateAsync(Key(null).Uri, default);
        (await cache.FindAsync(OfSome.Uri!)).Should().BeEmpty();

        await fixture.PutAsync(Key("two"), 7);

        (await cache.FindAsync(OfSome.Uri!)).Select(r => r.BodyBytes).Should().Equal(7L);
    }

    protected async Task FindWithoutSetAsync(bool isDamaged)
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        using var cache = new HttpCache(fixture.Store);
        await FillAsync(fixture);
        var set = fixture.Keys.ScopesOf(fixture.Keys.PlaceOf(Key(null)));
        if (isDamaged)
        {
            // Another program has written a value in its place: a look finds all the same, and the next response that is stored mends it.
            await fixture.Database.StringSetAsync(set, "damaged");
            (await cache.FindAsync(OfSome.Uri!)).Select(r => r.BodyBytes).Should().BeEquivalentTo([1L, 2L, 3L]);
            await fixture.PutAsync(Key("three"), 4);
            (await cache.FindAsync(OfSome.Uri!)).Select(r => r.BodyBytes).Should().BeEquivalentTo([1L, 2L, 3L, 4L]);
            return;
        }

        await fixture.Database.KeyDeleteAsync(set);
        await SetAsync(fixture, "maxmemory", "1gb", "maxmemory-policy", "allkeys-lru");
        try
        {
            (await cache.FindAsync(OfSome.Uri!)).Select(r => r.BodyBytes).Should().BeEquivalentTo([1L, 2L, 3L], "an engine that evicts may have evicted the index");
        }
        finally
        {
            await SetAsync(fixture, "maxmemory-policy", "noeviction", "maxmemory", "0");
        }
    }

    private static CacheKey Key(string? scope) => new("https://example.org/some", scope);

    private static async Task FillAsync(StoreFixture fixture)
    {
        await fixture.PutAsync(Key(null), 1);
        await fixture.PutAsync(Key("one"), 2);
        await fixture.PutAsync(Key("two"), 3);
        for (var i = 0; i < 50; i++)
        {
            await fixture.PutAsync(new CacheKey($"https://example.org/other/{i}", i % 2 == 0 ? null : "one"), 1);
        }
    }

    private static async Task SetAsync(StoreFixture fixture, params string[] settings)
    {
        foreach (var server in fixture.Connection.GetServers().Where(s => !s.IsReplica))
        {
            foreach (var pair in settings.Chunk(2))
            {
                await server.ConfigSetAsync(pair[0], pair[1]);
            }
        }
    }

    private static async Task<Dictionary<string, long>> CommandsAsync(StoreFixture fixture)
    {
        Dictionary<string, long> calls = [];
        foreach (var server in fixture.Connection.GetServers().Where(s => !s.IsReplica))
        {
            foreach (var (name, numbers) in (await server.InfoAsync("commandstats")).SelectMany(group => group))
            {
                var command = name["cmdstat_".Length..];
                calls[command] = calls.GetValueOrDefault(command) + long.Parse(numbers.Split(',')[0]["calls=".Length..], System.Globalization.CultureInfo.InvariantCulture);
            }
        }

        return calls;
    }
}

/// <summary>On one server.</summary>
public sealed class SingleScopesOfUriTests(SingleEngine engine) : ScopesOfUriTests(engine), IClassFixture<SingleEngine>
{
    [EngineFact]
    [Trait("Spec", "LOOK-5")]
    public Task Find_Uri_ReadsItsRecordsOnly() => FindAsync();

    [EngineFact]
    [Trait("Spec", "LOOK-5")]
    public Task Find_UriInvalidated_FindsWhatWasStoredSince() => FindAfterInvalidationAsync();

    [EngineTheory]
    [Trait("Spec", "LOOK-5")]
    [InlineData(true)]
    [InlineData(false)]
    public Task Find_IndexLost_FindsAllTheSame(bool isDamaged) => FindWithoutSetAsync(isDamaged);
}

/// <summary>On a Cluster.</summary>
public sealed class ClusterScopesOfUriTests(ClusterEngine engine) : ScopesOfUriTests(engine), IClassFixture<ClusterEngine>
{
    [EngineFact]
    [Trait("Spec", "LOOK-5")]
    public Task Find_Uri_ReadsItsRecordsOnly() => FindAsync();

    [EngineTheory]
    [Trait("Spec", "LOOK-5")]
    [InlineData(true)]
    [InlineData(false)]
    public Task Find_IndexLost_FindsAllTheSame(bool isDamaged) => FindWithoutSetAsync(isDamaged);
}
