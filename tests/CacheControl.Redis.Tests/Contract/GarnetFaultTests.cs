using HttpCaching.Redis.Tests.Engines;
using HttpCaching.StoreContract;

namespace HttpCaching.Redis.Tests.Contract;

/// <summary>Faults of the store on Garnet, with every body in chunks.</summary>
public sealed class GarnetFaultTests(GarnetEngine engine) : HttpCacheStoreFaultContract, IClassFixture<GarnetEngine>
{
    protected override IHttpCacheStore CreateStore()
    {
        var options = Prefixes.Fresh();
        options.InlineBodyBytes = 0;
        return new RedisHttpCacheStore(engine.Configuration, options);
    }
}
