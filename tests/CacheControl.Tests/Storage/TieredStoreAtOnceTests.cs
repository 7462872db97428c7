using HttpCaching.StoreContract;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Storage;

/// <summary>The look into a tier for a hit shows what a read shows without asking the back, and nothing in every other case.</summary>
public sealed class TieredStoreAtOnceTests : IDisposable
{
    private static readonly CacheKey SomeKey = new("https://example.org/some", "scope");

    private readonly MemoryHttpCacheStore _front = new();
    private readonly MemoryHttpCacheStore _shared = new();
    private readonly FakeTimeProvider _time = new();
    private readonly TellingStore _back;
    private readonly TieredHttpCacheStore _tier;

    public TieredStoreAtOnceTests()
    {
        _back = new TellingStore(_shared);
        _tier = new TieredHttpCacheStore(_front, _back, new TieredHttpCacheStoreOptions
        {
            MaximumAge = TimeSpan.FromSeconds(1),
            MaximumAgeWhileFollowing = TimeSpan.FromSeconds(60),
            TimeProvider = _time,
        });
    }

    [Fact]
    public async Task BeforeARead_ThereIsNothing_AfterIt_AllVariants()
    {
        await PutAsync(StoredResponses.Get(variant: "a"));
        await PutAsync(StoredResponses.Get(variant: "b"));
        Find().Should().BeNull();

        await ReadAsync();

        Find()!.Responses.Select(r => r.Variant).Should().Equal("b", "a");
        Find()!.OpenAtOnce(1, now: 1)!.Length.Should().Be(Find()!.Responses[1].BodyLength);
        _back.Reads.Should().Be(1);
    }

    [Fact]
    public async Task AfterTheMaximumAge_ThereIsNothing()
    {
        await PutAndReadAsync();

        _time.Advance(TimeSpan.FromSeconds(1));

        Find().Should().BeNull();
    }

    [Fact]
    public async Task IfTheFrontHasDroppedAVariant_ThereIsNothing()
    {
        var first = StoredResponses.Get(variant: "a");
        await PutAsync(first);
        await PutAndReadAsync();

        await _front.RemoveAsync(SomeKey, first.Generation, default);

        Find().Should().BeNull();
    }

    [Fact]
    public async Task AfterAChange_ThereIsNothing_UntilTheBackWasRead()
    {
        Func<Task>[] changes =
        [
            () => _tier.InvalidateAsync(SomeKey.Uri, default).AsTask(),
            () => Told(o => o.OnEverythingChanged()),
            () => Told(o => o.OnChanged(SomeKey.Uri)),
            () => Told(o => o.OnConnected()),
            () => Told(o => o.OnDisconnected()),
        ];
        foreach (var change in changes)
        {
            await PutAndReadAsync();
            Find().Should().NotBeNull();

            await change();

            Find().Should().BeNull();
        }
    }

    [Fact]
    public async Task AfterARemovalOfMany_ThereIsNothing()
    {
        using var tier = new TieredHttpCacheStore(_front, _shared);
        Func<Task>[] removals = [() => tier.RemoveByTagAsync("none", default).AsTask(), () => tier.RemoveByPrefixAsync("none", default).AsTask(), () => tier.ClearAsync(default).AsTask()];
        foreach (var remove in removals)
        {
            await PutAsync(StoredResponses.Get());
            (await tier.ReadAsync(SomeKey, default)).Dispose();
            ((IHttpCacheStoreAtOnce)tier).FindAtOnce(SomeKey).Should().NotBeNull();

            await remove();

            ((IHttpCacheStoreAtOnce)tier).FindAtOnce(SomeKey).Should().BeNull();
        }
    }

    [Fact]
    public async Task OverAFrontThatIsNotInMemory_ThereIsNothing()
    {
        using var tier = new TieredHttpCacheStore(new FaultyStore(_front), _back);
        await PutAsync(StoredResponses.Get());
        (await tier.ReadAsync(SomeKey, default)).Dispose();

        ((IHttpCacheStoreAtOnce)tier).FindAtOnce(SomeKey).Should().BeNull();
    }

    public void Dispose()
    {
        _tier.Dispose();
        _front.Dispose();
        _shared.Dispose();
    }

    private Task Told(Action<IHttpCacheStoreChangesObserver> change)
    {
        _back.Tell(change);
        return Task.CompletedTask;
    }

    private HttpCacheSnapshot? Find() => ((IHttpCacheStoreAtOnce)_tier).FindAtOnce(SomeKey);

    private async Task PutAndReadAsync()
    {
        await PutAsync(StoredResponses.Get());
        await ReadAsync();
    }

    private async Task ReadAsync() => (await _tier.ReadAsync(SomeKey, default)).Dispose();

    private async Task PutAsync(StoredResponse head)
    {
        using var snapshot = await _shared.ReadAsync(SomeKey, default);
        using var writer = await _shared.BeginWriteAsync(SomeKey, head.BodyLength, default);
        await writer!.WriteAsync(SelfDescribingBody.Create(head.BodyId, head.BodyLength), default);
        (await writer.CommitAsync(new StoreCommit { Head = head, Stamp = snapshot.Stamp, Retention = default }, default)).Should().BeTrue();
    }
}
