using HttpCaching.StoreContract;

namespace HttpCaching.Sqlite.Tests;

/// <summary>Faults of the SQLite store, with every body in pieces.</summary>
public sealed class SqliteStoreFaultTests : HttpCacheStoreFaultContract
{
    private readonly TemporaryFile _file = new();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _file.Dispose();
    }

    protected override IHttpCacheStore CreateStore() => new SqliteHttpCacheStore(_file.Path, new SqliteHttpCacheStoreOptions { InlineBodyBytes = 0 });
}
