using HttpCaching.StoreContract;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace HttpCaching.DistributedCache.Tests;

/// <summary>Faults of the store, with every body in chunks.</summary>
public sealed class DistributedStoreFaultTests : HttpCacheStoreFaultContract
{
    protected override IHttpCacheStore CreateStore() => new DistributedHttpCacheStore(
        new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions())), new DistributedHttpCacheStoreOptions { InlineBodyBytes = 0 });
}
