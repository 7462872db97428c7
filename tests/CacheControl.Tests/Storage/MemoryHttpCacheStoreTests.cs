using CacheControl.Storage;
using CacheControl.StoreContract;

namespace CacheControl.Tests.Storage;

public sealed class MemoryHttpCacheStoreTests : HttpCacheStoreContract
{
    protected override long? EntryLimitBytes => 400_000;

    protected override long? TotalLimitBytes => 2_000_000;

    protected override IHttpCacheStore CreateStore() =>
        new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { MaximumBytes = 2_000_000, MaximumEntryBytes = 400_000 });
}
