using HttpCaching.Sqlite.Engine;
using HttpCaching.StoreContract;

namespace HttpCaching.Sqlite.Tests;

/// <summary>The contract over the SQLite store.</summary>
public class SqliteHttpCacheStoreTests : HttpCacheStoreContract
{
    private const long TotalLimit = 8_000_000;
    private const long EntryLimit = 400_000;

    private readonly TemporaryFile _file = new();

    protected override long? EntryLimitBytes => EntryLimit;

    protected override long? TotalLimitBytes => TotalLimit;

    protected override IHttpCacheStore CreateStore() => new SqliteHttpCacheStore(_file.Path, Settings());

    protected override IHttpCacheStore? CreateStoreWithClock(TimeProvider time) => new SqliteHttpCacheStore(_file.Path, Settings() with { Time = time });

    protected override IHttpCacheStore? OpenAnother() => new SqliteHttpCacheStore(_file.Path, Settings());

    protected override void AssertNothingIsLeft()
    {
        using (var store = new SqliteHttpCacheStore(_file.Path, Settings()))
        {
            store.MaintainAsync().GetAwaiter().GetResult();
        }

        foreach (var table in new[] { "entry", "content", "body", "chunk", "tag" })
        {
            StoreBench.Sql(_file.Path, $"SELECT count(*) FROM {table}").Should().Be(0, "nothing is stored, so no row of {0} is of use", table);
        }
    }

    private protected virtual SqliteStoreSettings Settings() => Options().ToSettings();

    protected virtual SqliteHttpCacheStoreOptions Options() => new() { MaximumBytes = TotalLimit, MaximumEntryBytes = EntryLimit };

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _file.Dispose();
    }
}
