using HttpCaching.StoreContract;

namespace HttpCaching.Tests.Storage.InMemory;

/// <summary>The contract of stores, by a memory store that gives back the segments of nearly every body, spoilt.</summary>
public sealed class PooledMemoryStoreTests : HttpCacheStoreContract
{
    private const long TotalLimit = 2_000_000;
    private const long EntryLimit = 400_000;

    protected override long? EntryLimitBytes => EntryLimit;

    protected override long? TotalLimitBytes => TotalLimit;

    protected override IHttpCacheStore CreateStore() =>
        new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { MaximumBytes = TotalLimit, MaximumEntryBytes = EntryLimit }, new PoisoningPool());

    protected override IHttpCacheStore? CreateStoreWithClock(TimeProvider time) =>
        new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { TimeProvider = time }, new PoisoningPool());
}
