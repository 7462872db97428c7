
namespace HttpCaching.DistributedCache.Tests;

/// <summary>With small chunks and hardly any inline bodies, so that everything goes through chunks; and nothing remembered of epochs.</summary>
public sealed class BufferingEngineContractTests : DistributedStoreContract
{
    private readonly BufferingCache _engine = new();

    protected override IHttpCacheStore CreateStore() => new DistributedHttpCacheStore(
        _engine, new DistributedHttpCacheStoreOptions { InlineBodyBytes = 50, ChunkBytes = 4096, MaximumEpochAge = TimeSpan.Zero });

    public override async Task DisposeAsync()
    {
        _engine.ArrayCalls.Should().Be(0, "the engine offers buffers");
        await base.DisposeAsync();
    }
}
