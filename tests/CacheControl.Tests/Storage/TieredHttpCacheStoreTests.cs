using HttpCaching.StoreContract;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Storage;

public sealed class TieredHttpCacheStoreTests : HttpCacheStoreContract
{
    private const long TotalLimit = 2_000_000;
    private const long EntryLimit = 400_000;

    private static readonly CacheKey SomeKey = new("https://example.org/some", "scope");

    private readonly MemoryHttpCacheStore _front = new(new MemoryHttpCacheStoreOptions { MaximumBytes = 500_000 });
    private readonly MemoryHttpCacheStore _memory = new(new MemoryHttpCacheStoreOptions { MaximumBytes = TotalLimit, MaximumEntryBytes = EntryLimit });
    private readonly FakeTimeProvider _time = new();
    private FaultyStore? _back;

    protected override long? EntryLimitBytes => EntryLimit;

    protected override long? TotalLimitBytes => TotalLimit;

    private FaultyStore Back => _back ??= new FaultyStore(_memory);

    protected override IHttpCacheStore CreateStore() => new TieredHttpCacheStore(_front, _memory, Options());

    protected override IHttpCacheStore? CreateStoreWithClock(TimeProvider time) => new TieredHttpCacheStore(
        new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { TimeProvider = time }),
        new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { TimeProvider = time }),
        new TieredHttpCacheStoreOptions { TimeProvider = time, MaximumAge = TimeSpan.FromHours(1), MaximumAgeWhileFollowing = TimeSpan.FromHours(1) });

    private TieredHttpCacheStore Tiered() => new(_front, Back, Options());

    private TieredHttpCacheStoreOptions Options() =>
        new() { MaximumAge = TimeSpan.FromSeconds(5), MaximumBodyBytes = 50_000, TimeProvider = _time };

    [Fact]
    public async Task Read_Twice_AsksTheBackOnce()
    {
        var store = Tiered();
        await PutAsync(_memory, StoredResponses.Get(variant: "a"));
        await PutAsync(_memory, StoredResponses.Get(variant: "b"));

        for (var i = 0; i < 3; i++)
        {
            using var snapshot = await store.ReadAsync(SomeKey, default);
            snapshot.Responses.Select(r => r.Variant).Should().Equal("b", "a");
        }

        Back.CallsOf(StoreCall.Read).Should().Be(1);
    }

    [Fact]
    public async Task Read_OneVariantEvictedFromFront_ShowsAll()
    {
        var store = Tiered();
        var first = StoredResponses.Get(variant: "a");
        await PutAsync(_memory, first);
        await PutAsync(_memory, StoredResponses.Get(variant: "b"));
        (await store.ReadAsync(SomeKey, default)).Dispose();

        await _front.RemoveAsync(SomeKey, first.Generation, default);

        using var snapshot = await store.ReadAsync(SomeKey, default);
        snapshot.Responses.Should().HaveCount(2);
    }

    [Fact]
    public async Task Read_LargeBody_StaysInTheBack()
    {
        var store = Tiered();
        await PutAsync(_memory, StoredResponses.Get(length: 50_001));

        (await store.ReadAsync(SomeKey, default)).Dispose();
        (await store.ReadAsync(SomeKey, default)).Dispose();

        Back.CallsOf(StoreCall.Read).Should().Be(2);
        _front.Count.Should().Be(0);
    }

    [Fact]
    public async Task Read_BackChangedByAnother_ShowsAfterMaximumAge()
    {
        var store = Tiered();
        await PutAsync(_memory, StoredResponses.Get());
        (await store.ReadAsync(SomeKey, default)).Dispose();
        await _memory.InvalidateAsync(SomeKey.Uri, default);

        _time.Advance(TimeSpan.FromSeconds(4.9));
        using (var young = await store.ReadAsync(SomeKey, default))
        {
            young.Responses.Should().ContainSingle("the front may answer for so long");
        }

        _time.Advance(TimeSpan.FromSeconds(0.2));
        using var old = await store.ReadAsync(SomeKey, default);
        old.Responses.Should().BeEmpty();
    }

    [Fact]
    public async Task Read_AgedButUnchanged_IsConfirmedWithoutCopying()
    {
        var store = Tiered();
        await PutAsync(_memory, StoredResponses.Get());
        (await store.ReadAsync(SomeKey, default)).Dispose();

        _time.Advance(TimeSpan.FromSeconds(6));
        (await store.ReadAsync(SomeKey, default)).Dispose();
        (await store.ReadAsync(SomeKey, default)).Dispose();

        Back.CallsOf(StoreCall.Read).Should().Be(2);
        Back.CallsOf(StoreCall.OpenBody).Should().Be(1);
    }

    [Fact]
    [Trait("Spec", "INV-4")]
    public async Task Commit_InvalidatedByAnotherInTheBack_IsRefused()
    {
        var store = Tiered();
        await PutAsync(_memory, StoredResponses.Get());
        (await store.ReadAsync(SomeKey, default)).Dispose();
        await _memory.InvalidateAsync(SomeKey.Uri, default);
        using var fromFront = await store.ReadAsync(SomeKey, default);
        fromFront.Responses.Should().ContainSingle();

        using var writer = await store.BeginWriteAsync(SomeKey, 0, default);
        var commit = new StoreCommit { Head = StoredResponses.Get(length: 0), Stamp = fromFront.Stamp, Retention = default };
        (await writer!.CommitAsync(commit, default)).Should().BeFalse();

        using var after = await store.ReadAsync(SomeKey, default);
        after.Responses.Should().BeEmpty("the refusal has shown that the front is behind");
    }

    [Fact]
    public async Task Remove_BackFails_FrontForgetsAllTheSame()
    {
        var store = Tiered();
        await PutAsync(_memory, StoredResponses.Get());
        (await store.ReadAsync(SomeKey, default)).Dispose();
        Back.Inject(StoreCall.Invalidate, StoreFault.Throw);

        await store.Awaiting(s => s.InvalidateAsync(SomeKey.Uri, default).AsTask()).Should().ThrowAsync<IOException>();

        _front.Count.Should().Be(0);
    }

    [Fact]
    [Trait("Spec", "LOOK-7")]
    public async Task Peek_BackFails_FrontAnswersWithoutALastUse()
    {
        var store = Tiered();
        await PutAsync(_memory, StoredResponses.Get());
        (await store.ReadAsync(SomeKey, default)).Dispose();
        Back.Inject(StoreCall.Read, StoreFault.Throw);

        using var snapshot = await ((IHttpCacheStore)store).PeekAsync(SomeKey, default);

        snapshot.LastUseOf(snapshot.Responses.Should().ContainSingle().Subject).Should().BeNull();
    }

    [Fact]
    public void Construct_OptionsWrong_TellsAllOfThem()
    {
        var options = new TieredHttpCacheStoreOptions { MaximumAge = TimeSpan.FromSeconds(-1), MaximumAgeWhileFollowing = TimeSpan.FromSeconds(-1), MaximumBodyBytes = -1, TimeProvider = null! };

        FluentActions.Invoking(() => new TieredHttpCacheStore(_front, _memory, options))
            .Should().Throw<ArgumentException>().WithMessage("*MaximumAge *MaximumAgeWhileFollowing*MaximumBodyBytes*TimeProvider*");
    }

    private static async Task PutAsync(IHttpCacheStore store, StoredResponse head)
    {
        using var snapshot = await store.ReadAsync(SomeKey, default);
        using var writer = await store.BeginWriteAsync(SomeKey, head.BodyLength, default);
        await writer!.WriteAsync(SelfDescribingBody.Create(head.BodyId, head.BodyLength), default);
        (await writer.CommitAsync(new StoreCommit { Head = head, Stamp = snapshot.Stamp, Retention = default }, default)).Should().BeTrue();
    }
}
