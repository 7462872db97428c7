using HttpCaching.Redis.Tests.Contract;
using HttpCaching.Redis.Tests.Engines;
using HttpCaching.Tests.Issues.Extremes;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Redis.Tests.Store;

/// <summary>Each duration and number of the store's options is refused by name at the start, or no request ever fails of it.</summary>
public sealed class ExtremeSettingsTests(GarnetEngine engine) : IClassFixture<GarnetEngine>
{
    /// <summary>All but the database, of which the engine alone can tell whether it exists.</summary>
    public static TheoryData<string> Options => Extremes.NamesOf(typeof(RedisHttpCacheStoreOptions), except: nameof(RedisHttpCacheStoreOptions.Database));

    [Theory]
    [MemberData(nameof(Options))]
    public async Task RedisOptions_AtTheirExtremes_AreRefusedByNameOrHarmless(string name)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));
        await StoreWalk.CheckAsync<RedisHttpCacheStoreOptions>(name, time, o =>
        {
            o.Prefix = Prefixes.Fresh().Prefix;
            return new RedisHttpCacheStore(engine.Configuration, o);
        });
    }
}
