using System.Runtime.CompilerServices;
using HttpCaching.Sqlite;
using HttpCaching.StoreContract;
using HttpCaching.Tests.Storage.Files;

namespace HttpCaching.Tests.Issues;

/// <summary>A listing holds a page of the responses and not all of them.</summary>
public sealed class ListingsThatStream : IDisposable
{
    private const int Count = 2_000;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [Trait("Spec", "LOOK-1")]
    [InlineData("file")]
    [InlineData("SQLite")]
    public async Task List_ManyResponses_HoldsFewOfThemAtOnce(string kind)
    {
        IHttpCacheStore store = kind == "file" ? new FileHttpCacheStore(_directory.Path) : new SqliteHttpCacheStore(Path.Combine(_directory.Path, "responses"));
        using var owned = (IDisposable)store;
        for (var i = 0; i < Count; i++)
        {
            await PutAsync(store, new CacheKey($"http://h/{i}"));
        }

        using var cache = new HttpCache(store);
        var seen = new List<WeakReference>();
        await foreach (var response in cache.ListAsync())
        {
            seen.Add(Weak(response));
            if (seen.Count == Count - 10)
            {
                GC.Collect();
                seen.Count(w => w.IsAlive).Should().BeLessThan(Count / 4, "what has been listed is not held");
            }
        }

        seen.Should().HaveCount(Count);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Weak(CachedResponse response) => new(response.Head);

    private static async Task PutAsync(IHttpCacheStore store, CacheKey key)
    {
        var head = StoredResponses.Get(key.Uri, length: 1);
        using var snapshot = await store.ReadAsync(key, default);
        using var writer = await store.BeginWriteAsync(key, 1, default);
        await writer!.WriteAsync(new byte[1], default);
        (await writer.CommitAsync(new StoreCommit { Head = head, Stamp = snapshot.Stamp, Retention = TimeSpan.FromHours(1) }, default)).Should().BeTrue();
    }
}
