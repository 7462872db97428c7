using HttpCaching.Redis.Tests.Nodes;
using HttpCaching.StoreContract;

namespace HttpCaching.Redis.Tests.Backplane;

/// <summary>The contract over memory in front of an engine, whose changes it follows.</summary>
public abstract class TieredContractTests(string kind) : HttpCacheStoreContract
{
    protected override bool RemovesExactly => false;

    protected override bool MayTellLastUse => false;

    private readonly MemoryHttpCacheStore _front = new();
    private NodeEngine? _engine;
    private RedisHttpCacheStore? _back;

    public override async Task InitializeAsync()
    {
        _engine = await NodeEngine.StartAsync(kind);
        _back = new RedisHttpCacheStore(_engine.Configuration);
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _back!.Dispose();
        _front.Dispose();
        await _engine!.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected override IHttpCacheStore CreateStore() => new TieredHttpCacheStore(_front, _back!);
}
