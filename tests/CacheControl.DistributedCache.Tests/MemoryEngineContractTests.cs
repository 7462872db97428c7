using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace HttpCaching.DistributedCache.Tests;

public sealed class MemoryEngineContractTests : DistributedStoreContract
{
    protected override long? EntryLimitBytes => 400_000;

    protected override IHttpCacheStore CreateStore() => new DistributedHttpCacheStore(
        new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions())), new DistributedHttpCacheStoreOptions { MaximumEntryBytes = 400_000 });
}
