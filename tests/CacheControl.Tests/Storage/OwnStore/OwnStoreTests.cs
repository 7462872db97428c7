using HttpCaching.StoreContract;

namespace HttpCaching.Tests.Storage.OwnStore;

/// <summary>How a store is run against the contract: this is all that is needed.</summary>
public sealed class OwnStoreTests : HttpCacheStoreContract
{
    protected override IHttpCacheStore CreateStore() => new OwnStore();
}
