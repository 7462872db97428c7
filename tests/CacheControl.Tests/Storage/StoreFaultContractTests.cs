using HttpCaching.StoreContract;
using HttpCaching.Tests.Storage.Files;

namespace HttpCaching.Tests.Storage;

/// <summary>Faults of the memory store.</summary>
public sealed class MemoryStoreFaultTests : HttpCacheStoreFaultContract
{
    protected override IHttpCacheStore CreateStore() => new MemoryHttpCacheStore();
}

/// <summary>Faults of the file store, with bodies in files of their own.</summary>
public sealed class FileStoreFaultTests : HttpCacheStoreFaultContract
{
    private readonly TemporaryDirectory _directory = new();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _directory.Dispose();
    }

    protected override IHttpCacheStore CreateStore() => new FileHttpCacheStore(_directory.Path, new FileHttpCacheStoreOptions { InlineBodyBytes = 0 });
}

/// <summary>Faults of a tiered store.</summary>
public sealed class TieredStoreFaultTests : HttpCacheStoreFaultContract
{
    protected override IHttpCacheStore CreateStore() => new TieredHttpCacheStore(new MemoryHttpCacheStore(), new MemoryHttpCacheStore());
}

/// <summary>Faults of the store of docs/stores.md.</summary>
public sealed class OwnStoreFaultTests : HttpCacheStoreFaultContract
{
    protected override IHttpCacheStore CreateStore() => new OwnStore.OwnStore();
}
