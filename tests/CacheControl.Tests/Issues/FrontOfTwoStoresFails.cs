using HttpCaching.StoreContract;
using static HttpCaching.Tests.Storage.Files.FileStoreBench;

namespace HttpCaching.Tests.Issues;

/// <summary>A fault of the store in front failed reads and commits that the store behind could answer.</summary>
public sealed class FrontOfTwoStoresFails
{
    [Theory]
    [InlineData(StoreCall.Read, StoreFault.Throw)]
    [InlineData(StoreCall.OpenBody, StoreFault.Throw)]
    [InlineData(StoreCall.BeginWrite, StoreFault.Throw)]
    [InlineData(StoreCall.Write, StoreFault.Throw)]
    [InlineData(StoreCall.Commit, StoreFault.Throw)]
    [InlineData(StoreCall.Remove, StoreFault.Throw)]
    [InlineData(StoreCall.Invalidate, StoreFault.Throw)]
    [Trait("Spec", "SRE-1")]
    public async Task AnyCall_FrontThrows_BackAnswers(StoreCall call, StoreFault fault)
    {
        using var memory = new MemoryHttpCacheStore();
        using var back = new MemoryHttpCacheStore();
        using var front = new FaultyStore(memory);
        using var store = new TieredHttpCacheStore(front, back);
        var first = await PutAsync(store, Key("a"));
        (await ReadAsync(store, Key("a"))).Should().ContainSingle();
        front.Inject(call, fault);

        (await GenerationsAsync(store, "a")).Should().Equal(first.Generation);
        var second = await PutAsync(store, Key("a"), StoredResponses.Get(Key("a").Uri, 77));
        (await GenerationsAsync(store, "a")).Should().Equal(second.Generation);
        var refreshed = StoredResponses.Refresh(second);
        (await store.RefreshAsync(Key("a"), second.Generation, refreshed)).Should().BeTrue();
        (await GenerationsAsync(store, "a")).Should().Equal(refreshed.Generation);
        await store.InvalidateAsync(Key("a").Uri, default);
        (await GenerationsAsync(store, "a")).Should().BeEmpty();
    }

    private static async Task<long[]> GenerationsAsync(IHttpCacheStore store, string name) =>
        [.. (await ReadAsync(store, Key(name))).Select(r => r.Generation)];
}
