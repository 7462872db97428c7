using HttpCaching.StoreContract;
using static HttpCaching.Sqlite.Tests.StoreBench;

namespace HttpCaching.Sqlite.Tests;

/// <summary>The size of the file on disk: what is not needed goes back to the file system, what will soon be needed stays.</summary>
[Trait("Spec", "SRE-6")]
public sealed class SqliteStoreSizeTests : IDisposable
{
    private readonly TemporaryFile _file = new();

    public void Dispose() => _file.Dispose();

    private long Size => new FileInfo(_file.Path).Length;

    [Fact]
    public async Task Clear_LargeStore_FileShrinks()
    {
        using var store = new SqliteHttpCacheStore(_file.Path);
        await FillAsync(store, 40, 500_000);
        await PutAsync(store, Key("kept"), StoredResponses.Get(Key("kept").Uri, 300_000));
        await store.MaintainAsync();
        var before = Size;
        using (var snapshot = await store.ReadAsync(Key("kept"), default))
        {
            await store.ClearAsync(default);
            await store.MaintainAsync();
            await ReadBodyAsync(snapshot, snapshot.Responses[0]);
        }

        await store.MaintainAsync();

        before.Should().BeGreaterThan(15_000_000);
        Size.Should().BeLessThan(5_000_000);
        await PutAsync(store, Key("after"), StoredResponses.Get(Key("after").Uri, 300_000));
        (await ReadAsync(store, Key("after"))).Should().ContainSingle();
        SqlText(_file.Path, "PRAGMA integrity_check").Should().Be("ok");
    }

    [Fact]
    public async Task Remove_MostOfALargeStore_ShrinksBesideTheRequestsAndTheRestStays()
    {
        using var store = new SqliteHttpCacheStore(_file.Path);
        await FillAsync(store, 60, 300_000);
        await store.MaintainAsync();
        var before = Size;

        // What stays lies all over the file, so that pages have to move.
        for (var i = 0; i < 60; i++)
        {
            if (i % 6 != 0)
            {
                await store.InvalidateAsync(Key($"{i}").Uri, default);
            }
        }

        await WaitUntilAsync(() => Size < before / 2);
        for (var i = 0; i < 60; i++)
        {
            (await ReadAsync(store, Key($"{i}"))).Should().HaveCount(i % 6 == 0 ? 1 : 0);
        }

        await store.MaintainAsync();
        SqlText(_file.Path, "PRAGMA integrity_check").Should().Be("ok");
        Sql(_file.Path, "PRAGMA freelist_count").Should().BeLessThanOrEqualTo(Math.Max(1024, Sql(_file.Path, "PRAGMA page_count") / 4));
    }

    [Fact]
    public async Task Evict_FullStore_KeepsItsSize()
    {
        using var store = new SqliteHttpCacheStore(_file.Path, new SqliteHttpCacheStoreOptions { MaximumBytes = 12_000_000 });
        await FillAsync(store, 60, 200_000);
        await store.MaintainAsync();
        var before = Size;

        for (var first = 60; first < 180; first += 10)
        {
            await FillAsync(store, 10, 200_000, first);
            await store.MaintainAsync();
        }

        store.Bytes.Should().BeInRange(9_000_000, 12_000_000);
        Size.Should().BeInRange((long)(0.8 * before), 2 * before);
    }

    private static async Task FillAsync(SqliteHttpCacheStore store, int count, int length, int first = 0)
    {
        for (var i = first; i < first + count; i++)
        {
            await PutAsync(store, Key($"{i}"), StoredResponses.Get(Key($"{i}").Uri, length));
        }
    }
}
