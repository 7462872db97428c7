using CacheControl.Redis.Tests.Nodes;
using CacheControl.Storage;
using CacheControl.StoreContract;

namespace CacheControl.Redis.Tests.Backplane;

/// <summary>The contract over memory in front of Garnet, which follows its changes.</summary>
public sealed class TieredContractTests : HttpCacheStoreContract
{
    private readonly MemoryHttpCacheStore _front = new();
    private NodeEngine? _engine;
    private RedisHttpCacheStore? _back;

    public override async Task InitializeAsync()
    {
        _engine = await NodeEngine.StartAsync("garnet");
        _back = new RedisHttpCacheStore(_engine!.Configuration);
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _back!.Dispose();
        _front.Dispose();
        await _engine!.DisposeAsync();
    }

    protected override IHttpCacheStore CreateStore() => new TieredHttpCacheStore(_front, _back!);
}
