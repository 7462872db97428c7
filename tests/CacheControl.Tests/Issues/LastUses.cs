using HttpCaching.Sqlite;
using HttpCaching.StoreContract;
using HttpCaching.Tests.Control;
using HttpCaching.Tests.Storage.Files;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Issues;

/// <summary>When responses were last used, through a cache and after a restart. What each store owes is in the contract.</summary>
public sealed class LastUses : IDisposable
{
    private static readonly CacheKey Key = new("http://h/a");

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [Trait("Spec", "LOOK-7")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LastUse_HitAndValidation_IsThatOfTheLastOfThem(bool isPlain)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        using var origin = new ScriptedOrigin { Otherwise = r => ScriptedOrigin.Response(r.Headers.IfNoneMatch.Count > 0 ? 304 : 200, "x", ("Cache-Control", "max-age=60"), ("ETag", "\"1\"")) };
        using var handler = new CachingHandler(new CachingHandlerSettings { TimeProvider = time }) { InnerHandler = origin };
        using var client = new HttpClient(handler);
        await GetAsync();
        var stored = time.GetUtcNow();
        (await handler.Cache.ListAsync().SingleAsync()).LastUse.Should().Be(stored);

        time.Advance(TimeSpan.FromSeconds(30));
        await GetAsync();
        var hit = time.GetUtcNow();
        time.Advance(TimeSpan.FromSeconds(20));
        (await handler.Cache.ListAsync().SingleAsync()).LastUse.Should().Be(hit);

        time.Advance(TimeSpan.FromSeconds(20));
        await GetAsync();
        var validation = time.GetUtcNow();
        time.Advance(TimeSpan.FromSeconds(20));
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://h/a");
        (await handler.Cache.FindAsync(request)).Should().ContainSingle().Which.LastUse.Should().Be(validation);

        async Task GetAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "http://h/a");
            if (!isPlain)
            {
                request.Headers.Add("Range", "bytes=0-");
            }

            using var response = await client.SendAsync(request);
            await response.Content.ReadAsStringAsync();
        }
    }

    [Theory]
    [Trait("Spec", "LOOK-7")]
    [InlineData("file")]
    [InlineData("SQLite")]
    public async Task LastUse_StoreReopened_IsThatOfTheProcessBefore(string kind)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        DateTimeOffset used;
        var store = Open(kind, time);
        using (store as IDisposable)
        {
            using var writer = await store.BeginWriteAsync(Key, 1, default);
            await writer!.WriteAsync(new byte[1], default);
            using var before = await store.ReadAsync(Key, default);
            (await writer.CommitAsync(new StoreCommit { Head = StoredResponses.Get(Key.Uri, length: 1), Stamp = before.Stamp, Retention = TimeSpan.FromDays(1) }, default)).Should().BeTrue();
            time.Advance(TimeSpan.FromSeconds(10));
            (await store.ReadAsync(Key, default)).Dispose();
            used = time.GetUtcNow();
            time.Advance(TimeSpan.FromHours(3));
        }

        var again = Open(kind, time);
        using (again as IDisposable)
        {
            var listed = await ((IHttpCacheStoreMaintenance)again).EnumerateAsync(default).SingleAsync();
            listed.LastUse.Should().BeCloseTo(used, TimeSpan.FromMilliseconds(1), "the time of the use counts, and not that of its writing down");
        }
    }

    private IHttpCacheStore Open(string kind, TimeProvider time) => kind == "file"
        ? new FileHttpCacheStore(_directory.Path, new FileHttpCacheStoreOptions { TimeProvider = time })
        : new SqliteHttpCacheStore(Path.Combine(_directory.Path, "responses"), new SqliteHttpCacheStoreOptions { TimeProvider = time });
}
