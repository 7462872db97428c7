using HttpCaching.Redis.Tests.Engines;
using HttpCaching.StoreContract;

namespace HttpCaching.Redis.Tests.Store;

/// <summary>The bytes of a record are memory of a pool. No reader sees them after they have been given back.</summary>
public sealed class RecordMemoryTests(GarnetEngine engine) : IClassFixture<GarnetEngine>
{
    private const int Length = 1000;
    private const int OtherLookups = 200;

    [Fact]
    public async Task OpenBody_SnapshotIsDisposedFirst_HasItsBytesUntilItIsDisposed()
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        var head = await fixture.PutAsync(StoreFixture.Key, Length);
        var others = Enumerable.Range(0, OtherLookups).Select(i => new CacheKey($"https://example.org/{i}")).ToList();
        foreach (var other in others)
        {
            await fixture.PutAsync(other, Length);
        }

        var snapshot = await fixture.Store.ReadAsync(StoreFixture.Key, default);
        var body = await snapshot.OpenBodyAsync(snapshot.Responses[0], default);
        snapshot.Dispose();
        snapshot.Dispose();
        body.TryGetMemory(0, out var segment).Should().BeTrue();

        // These take the memory that has been given back.
        foreach (var other in others)
        {
            using var held = await fixture.Store.ReadAsync(other, default);
            using var read = await held.OpenBodyAsync(held.Responses[0], default);
        }

        var expected = SelfDescribingBody.Create(head.BodyId, Length);
        segment.ToArray().Should().Equal(expected);
        var bytes = new byte[Length];
        (await body.ReadAsync(0, bytes, default)).Should().Be(Length);
        bytes.Should().Equal(expected);

        body.Dispose();
        body.Dispose();
        body.Invoking(b => b.Read(0, new byte[1])).Should().Throw<ObjectDisposedException>();
        body.Invoking(b => b.TryGetMemory(0, out _)).Should().Throw<ObjectDisposedException>();
    }

    [Fact]
    public async Task OpenBody_SnapshotIsDisposed_Throws()
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        await fixture.PutAsync(StoreFixture.Key, Length);
        var snapshot = await fixture.Store.ReadAsync(StoreFixture.Key, default);
        var head = snapshot.Responses[0];

        snapshot.Dispose();

        await snapshot.Awaiting(s => s.OpenBodyAsync(head, default).AsTask()).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Fact]
    public async Task Dispose_OneBodyOfTwo_LeavesTheOthersBytes()
    {
        await using var fixture = await StoreFixture.StartAsync(engine);
        var head = await fixture.PutAsync(StoreFixture.Key, Length);
        using var snapshot = await fixture.Store.ReadAsync(StoreFixture.Key, default);
        var first = await snapshot.OpenBodyAsync(snapshot.Responses[0], default);
        using var second = await snapshot.OpenBodyAsync(snapshot.Responses[0], default);

        first.Dispose();
        first.Dispose();

        using var next = await fixture.Store.ReadAsync(StoreFixture.Key, default);
        var bytes = new byte[Length];
        second.Read(0, bytes).Should().Be(Length);
        bytes.Should().Equal(SelfDescribingBody.Create(head.BodyId, Length));
    }
}
