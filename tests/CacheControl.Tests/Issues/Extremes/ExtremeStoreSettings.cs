using HttpCaching.Tests.Storage.Files;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Issues.Extremes;

/// <summary>Each duration and number of each store's options is refused by name at the start, or no request ever fails of it.</summary>
public sealed class ExtremeStoreSettings : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private int _opened;

    public static TheoryData<string> Memory => Extremes.NamesOf(typeof(MemoryHttpCacheStoreOptions));

    public static TheoryData<string> Files => Extremes.NamesOf(typeof(FileHttpCacheStoreOptions));

    public static TheoryData<string> Sqlite => Extremes.NamesOf(typeof(SqliteHttpCacheStoreOptions));

    public static TheoryData<string> Tiers => Extremes.NamesOf(typeof(TieredHttpCacheStoreOptions));

    public static TheoryData<string> Distributed => Extremes.NamesOf(typeof(DistributedHttpCacheStoreOptions));

    [Theory]
    [MemberData(nameof(Memory))]
    public Task MemoryOptions_AtTheirExtremes_AreRefusedByNameOrHarmless(string name) =>
        StoreWalk.CheckAsync<MemoryHttpCacheStoreOptions>(name, _time, o => new MemoryHttpCacheStore(o));

    [Theory]
    [MemberData(nameof(Files))]
    public Task FileOptions_AtTheirExtremes_AreRefusedByNameOrHarmless(string name) =>
        StoreWalk.CheckAsync<FileHttpCacheStoreOptions>(name, _time, o => new FileHttpCacheStore(NextPath(), o));

    [Theory]
    [MemberData(nameof(Sqlite))]
    public Task SqliteOptions_AtTheirExtremes_AreRefusedByNameOrHarmless(string name) =>
        StoreWalk.CheckAsync<SqliteHttpCacheStoreOptions>(name, _time, o => new SqliteHttpCacheStore(NextPath(), o));

    [Theory]
    [MemberData(nameof(Tiers))]
    public Task TierOptions_AtTheirExtremes_AreRefusedByNameOrHarmless(string name) =>
        StoreWalk.CheckAsync<TieredHttpCacheStoreOptions>(name, _time, o =>
        {
            o.TimeProvider = _time;
            return new TieredHttpCacheStore(new MemoryHttpCacheStore(), new MemoryHttpCacheStore(), o);
        });

    [Theory]
    [MemberData(nameof(Distributed))]
    public Task DistributedOptions_AtTheirExtremes_AreRefusedByNameOrHarmless(string name) =>
        StoreWalk.CheckAsync<DistributedHttpCacheStoreOptions>(name, _time, o =>
        {
            o.TimeProvider = _time;
            return new DistributedHttpCacheStore(new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions())), o);
        });

    public void Dispose() => _directory.Dispose();

    private string NextPath() => Path.Join(_directory.Path, $"{_opened++}");
}
