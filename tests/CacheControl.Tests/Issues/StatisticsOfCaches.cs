using System.Globalization;
using HttpCaching.Tests.Control;
using HttpCaching.Tests.Storage.Files;

namespace HttpCaching.Tests.Issues;

/// <summary>The numbers of a cache are those of its requests and its store.</summary>
public sealed class StatisticsOfCaches
{
    [Fact]
    [Trait("Spec", "LOOK-6")]
    public async Task GetStatistics_HitsMissesAndValidations_AreCountedOnce()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = request =>
        {
            fixture.Time.Advance(TimeSpan.FromMilliseconds(500));
            return request.Headers.IfNoneMatch.Count > 0
                ? ScriptedOrigin.Response(304, string.Empty, ("Cache-Control", "max-age=60"), ("ETag", "\"a\""))
                : ScriptedOrigin.Response(200, "twelve bytes", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""), ("Content-Length", "12"));
        };
        await fixture.GetAsync("http://h/a");
        await fixture.GetAsync("http://h/a");
        await fixture.GetAsync("http://h/a");
        fixture.Time.Advance(TimeSpan.FromSeconds(61));
        await fixture.GetAsync("http://h/a");
        await fixture.SendAsync(CacheFixture.Request("DELETE", "http://h/b"));

        var numbers = await fixture.Cache.GetStatisticsAsync();

        (numbers.Hits, numbers.Validations, numbers.Misses, numbers.HitRatio).Should().Be((2, 1, 2, 0.4));
        (numbers.BytesFromCache, numbers.BytesFromOrigin).Should().Be((36, 24));
        numbers.ByteHitRatio.Should().BeApproximately(0.6, 0.001);
        (numbers.Since, numbers.TimeSaved).Should().Be((CacheFixture.Start, TimeSpan.FromSeconds(1)));
        (numbers.Entries, numbers.Evictions).Should().Be((1, 0));
        numbers.Bytes.Should().BePositive().And.BeLessThan(numbers.MaximumBytes!.Value);
        numbers.ToString().Should().StartWith("2 hits, 1 validated, 2 missed (40 % hits, 60 % of bytes); 1 stored in ")
            .And.EndWith("0 evicted; about 1 s saved since 2026-01-01 12:00:00Z").And.NotContain("\n");
    }

    [Fact]
    [Trait("Spec", "LOOK-6")]
    public async Task GetStatistics_NoRequests_HasNoRatios()
    {
        using var cache = new HttpCache();

        var numbers = await cache.GetStatisticsAsync();

        (numbers.Hits, numbers.HitRatio, numbers.ByteHitRatio, numbers.TimeSaved).Should().Be((0, null, null, null));
    }

    [Theory]
    [InlineData("memory", true)]
    [InlineData("files", true)]
    [InlineData("sqlite", true)]
    [InlineData("tiers", true)]
    [InlineData("own", false)]
    [InlineData("failing", false)]
    [Trait("Spec", "LOOK-6")]
    public async Task GetStatistics_OfEachStore_TellsWhatTheStoreTells(string kind, bool tells)
    {
        using var directory = new TemporaryDirectory();
        var store = Make(kind, directory);
        using (var fixture = new CacheFixture(store: store))
        {
            fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"));
            await fixture.GetAsync("http://h/a");
            await fixture.GetAsync("http://h/b");

            var numbers = await fixture.Cache.GetStatisticsAsync();

            (numbers.Entries, numbers.Evictions).Should().Be(tells ? (2, 0) : (null, null));
            (numbers.Bytes is not null, numbers.MaximumBytes is not null).Should().Be((tells, tells));
            numbers.Misses.Should().Be(2);
            numbers.ToString().Should().Contain(tells ? "2 stored in" : "? stored in ? of ? bytes, ? evicted");
        }

        (store as IDisposable)?.Dispose();
    }

    [Fact]
    [Trait("Spec", "LOOK-6")]
    public void ToString_InACultureWithCommas_IsTheSame()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("de-DE");
            new CacheStatistics { Since = CacheFixture.Start, Hits = 1, Validations = 0, Misses = 1, BytesFromCache = 0, BytesFromOrigin = 0, TimeSaved = TimeSpan.FromSeconds(1.5) }
                .ToString().Should().Be("1 hits, 0 validated, 1 missed (50 % hits, 0 % of bytes); ? stored in ? of ? bytes, ? evicted; about 1.5 s saved since 2026-01-01 12:00:00Z");
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static IHttpCacheStore Make(string kind, TemporaryDirectory directory) => kind switch
    {
        "memory" => new MemoryHttpCacheStore(),
        "files" => new FileHttpCacheStore(directory.Path),
        "sqlite" => new SqliteHttpCacheStore(Path.Join(directory.Parent, "a.db")),
        "tiers" => new TieredHttpCacheStore(new MemoryHttpCacheStore(), new MemoryHttpCacheStore()),
        "own" => new OwnStore(),
        _ => new FailingStore(),
    };

    private class OwnStore : IHttpCacheStore
    {
        private readonly MemoryHttpCacheStore _inner = new();

        public ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken) => _inner.ReadAsync(key, cancellationToken);

        public ValueTask<HttpCacheWriter?> BeginWriteAsync(CacheKey key, long? expectedLength, CancellationToken cancellationToken) =>
            _inner.BeginWriteAsync(key, expectedLength, cancellationToken);

        public ValueTask<bool> ReplaceHeadAsync(CacheKey key, long generation, StoredResponse head, long stamp, TimeSpan retention, CancellationToken cancellationToken) =>
            _inner.ReplaceHeadAsync(key, generation, head, stamp, retention, cancellationToken);

        public ValueTask RemoveAsync(CacheKey key, long generation, CancellationToken cancellationToken) => _inner.RemoveAsync(key, generation, cancellationToken);

        public ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken) => _inner.InvalidateAsync(uri, cancellationToken);
    }

    private sealed class FailingStore : OwnStore, IHttpCacheStoreUsage
    {
        public HttpCacheStoreUsage GetUsage() => throw new IOException("away");

        public IDisposable SubscribeToEvictions(Action<StoreEviction> evicted) => new EvictionFeed().Subscribe(evicted);
    }
}
