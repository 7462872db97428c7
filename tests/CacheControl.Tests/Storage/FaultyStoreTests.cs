using HttpCaching.StoreContract;

namespace HttpCaching.Tests.Storage;

/// <summary>Without faults the decorator keeps the contract of the store behind it.</summary>
public sealed class FaultyStoreTests : HttpCacheStoreContract
{
    private static readonly CacheKey SomeKey = new("https://example.org/");

    private readonly MemoryHttpCacheStore _inner = new();

    protected override IHttpCacheStore CreateStore() => new FaultyStore(_inner);

    [Fact]
    public async Task Inject_SecondCallThrows_OthersWork()
    {
        using var store = new FaultyStore(_inner).Inject(StoreCall.Read, StoreFault.Throw, first: 2, count: 1);

        (await store.ReadAsync(SomeKey, default)).Dispose();
        await store.Invoking(async s => await s.ReadAsync(SomeKey, default)).Should().ThrowAsync<IOException>();
        (await store.ReadAsync(SomeKey, default)).Dispose();

        store.CallsOf(StoreCall.Read).Should().Be(3);
        store.CallsOf(StoreCall.Commit).Should().Be(0);
    }

    [Fact]
    public async Task Inject_Hang_EndsByCancellation()
    {
        using var store = new FaultyStore(_inner).Inject(StoreCall.BeginWrite, StoreFault.Hang);
        using var cancellation = new CancellationTokenSource();
        var call = store.BeginWriteAsync(SomeKey, null, cancellation.Token).AsTask();
        call.IsCompleted.Should().BeFalse();

        await cancellation.CancelAsync();

        await call.Invoking(c => c).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task Inject_Hang_EndsWhenDisposed()
    {
        var store = new FaultyStore(_inner).Inject(StoreCall.Invalidate, StoreFault.Hang);
        var call = store.InvalidateAsync(SomeKey.Uri, default).AsTask();

        store.Dispose();

        await call.Invoking(c => c).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task Inject_Garbage_AnswersWronglyUntilHealed()
    {
        using var store = new FaultyStore(_inner);
        var head = StoredResponses.Get(length: 10);
        foreach (var fault in new[] { true, false })
        {
            if (fault)
            {
                store.Inject(StoreCall.Commit, StoreFault.Garbage);
            }
            else
            {
                store.Heal(StoreCall.Commit);
            }

            using var writer = await store.BeginWriteAsync(SomeKey, 10, default);
            await writer!.WriteAsync(new byte[10], default);
            (await writer.CommitAsync(new() { Head = head, Stamp = 0, Retention = default }, default)).Should().BeTrue();
            using var stored = await store.ReadAsync(SomeKey, default);
            stored.Responses.IsEmpty.Should().Be(fault);
        }

        store.Inject(StoreCall.Read, StoreFault.Garbage).Inject(StoreCall.OpenBody, StoreFault.Garbage).Inject(StoreCall.ReadBody, StoreFault.Garbage);
        using var snapshot = await store.ReadAsync(SomeKey, default);
        snapshot.Responses.Should().ContainSingle().Which.StatusCode.Should().Be(-7);
        using var body = await snapshot.OpenBodyAsync(snapshot.Responses[0], default);
        body.Length.Should().Be(5);
        body.Read(0, new byte[10]).Should().Be(0);
    }
}
