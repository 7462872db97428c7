using HttpCaching.Redis.Tests.Engines;
using HttpCaching.StoreContract;

namespace HttpCaching.Redis.Tests.Contract;

/// <summary>The contract on Garnet, which needs nothing of the machine.</summary>
public sealed class GarnetContractTests(GarnetEngine engine) : HttpCacheStoreContract, IClassFixture<GarnetEngine>
{
    protected override bool RemovesExactly => false;

    protected override bool MayTellLastUse => false;

    protected override int StressOperations => 60;

    protected override IHttpCacheStore CreateStore() => new RedisHttpCacheStore(engine.Configuration, Prefixes.Fresh());
}

/// <summary>The contract with limits and sizes at which everything is done in the other way.</summary>
public sealed class GarnetSmallSizesContractTests(GarnetEngine engine) : HttpCacheStoreContract, IClassFixture<GarnetEngine>
{
    protected override bool RemovesExactly => false;

    protected override bool MayTellLastUse => false;

    protected override int StressOperations => 30;

    protected override long? EntryLimitBytes => 160_000;

    protected override IHttpCacheStore CreateStore()
    {
        var options = Prefixes.Fresh();
        options.InlineBodyBytes = 0;
        options.ChunkBytes = 4096;
        options.MaximumResponseBytes = 160_000;
        return new RedisHttpCacheStore(engine.Configuration, options);
    }
}
