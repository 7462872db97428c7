using Microsoft.Extensions.Caching.Distributed;

namespace HttpCaching.DistributedCache.Tests;

public sealed class GarnetContractTests(GarnetFixture garnet) : DistributedStoreContract, IClassFixture<GarnetFixture>
{
    protected override int StressOperations => 60;

    protected override IHttpCacheStore CreateStore()
    {
        garnet.Engine.Should().BeAssignableTo<IBufferDistributedCache>("this engine is the one that offers buffers");
        return new DistributedHttpCacheStore(garnet.Engine, new DistributedHttpCacheStoreOptions { KeyPrefix = $"{Guid.NewGuid():n}:", EngineTimeout = TimeSpan.FromSeconds(30) });
    }
}
