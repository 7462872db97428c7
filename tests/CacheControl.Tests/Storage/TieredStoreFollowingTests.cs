using HttpCaching.StoreContract;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Storage;

/// <summary>A tier whose back tells what others change: the other node is whoever writes to the memory behind without the tier.</summary>
public sealed class TieredStoreFollowingTests : IDisposable
{
    private static readonly CacheKey SomeKey = new("https://example.org/some", "scope");

    private readonly MemoryHttpCacheStore _front = new();
    private readonly MemoryHttpCacheStore _shared = new();
    private readonly FakeTimeProvider _time = new();
    private readonly TellingStore _back;
    private readonly TieredHttpCacheStore _tier;

    public TieredStoreFollowingTests()
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
    public async Task Read_WhileFollowing_AnswersForLongerWithoutAskingTheBack()
    {
        await PutAsync(StoredResponses.Get());
        _back.Tell(o => o.OnConnected());
        _tier.IsFollowing.Should().BeTrue();
        await ReadAsync();

        _time.Advance(TimeSpan.FromSeconds(59));
        (await ReadAsync()).Should().ContainSingle();
        _back.Reads.Should().Be(1);

        _time.Advance(TimeSpan.FromSeconds(1));
        await ReadAsync();
        _back.Reads.Should().Be(2, "what nobody told has a bound, too");
    }

    [Fact]
    public async Task Read_NotFollowing_AsksTheBackAfterMaximumAge()
    {
        await PutAsync(StoredResponses.Get());
        await ReadAsync();
        _tier.IsFollowing.Should().BeFalse();

        _time.Advance(TimeSpan.FromSeconds(1));
        await ReadAsync();

        _back.Reads.Should().Be(2);
    }

    [Fact]
    public async Task Change_ByAnotherNode_ShowsAtOnce()
    {
        await PutAsync(StoredResponses.Get());
        _back.Tell(o => o.OnConnected());
        await ReadAsync();
        var newer = StoredResponses.Get();
        await _shared.InvalidateAsync(SomeKey.Uri, default);
        await PutAsync(newer);

        (await ReadAsync()).Single().Generation.Should().NotBe(newer.Generation, "nobody has told yet");
        _back.Tell(o => o.OnChanged(SomeKey.Uri));

        (await ReadAsync()).Single().Generation.Should().Be(newer.Generation);
    }

    [Fact]
    [Trait("Spec", "INV-4")]
    public async Task Change_BetweenReadOfTheBackAndPromotion_PreventsThePromotion()
    {
        await PutAsync(StoredResponses.Get());
        _back.Tell(o => o.OnConnected());
        _back.AfterRead = async () =>
        {
            _back.AfterRead = null;
            await _shared.InvalidateAsync(SomeKey.Uri, default);
            _back.Tell(o => o.OnChanged(SomeKey.Uri));
        };

        (await ReadAsync()).Should().ContainSingle("this read saw the back before the change");

        _front.Count.Should().Be(0);
        (await ReadAsync()).Should().BeEmpty();
    }

    [Fact]
    [Trait("Spec", "INV-4")]
    public async Task Change_BetweenReadOfTheBackAndConfirmation_DropsWhatIsConfirmed()
    {
        await PutAsync(StoredResponses.Get());
        _back.Tell(o => o.OnConnected());
        await ReadAsync();
        _time.Advance(TimeSpan.FromSeconds(60));
        _back.AfterRead = async () =>
        {
            _back.AfterRead = null;
            await _shared.InvalidateAsync(SomeKey.Uri, default);
            _back.Tell(o => o.OnChanged(SomeKey.Uri));
        };

        await ReadAsync();

        (await ReadAsync()).Should().BeEmpty();
    }

    [Theory]
    [InlineData("missed")]
    [InlineData("lost")]
    [InlineData("lost and regained")]
    public async Task Feed_WithAHole_AsksTheBackOnceAndDoesNotCopyAgain(string hole)
    {
        await PutAsync(StoredResponses.Get());
        _back.Tell(o => o.OnConnected());
        await ReadAsync();

        Punch(hole);
        await ReadAsync();
        await ReadAsync();

        _back.Reads.Should().Be(2, "one read confirms what the front holds");
        _back.OpenedBodies.Should().Be(1, "the body is the same as before");
        _tier.IsFollowing.Should().Be(hole != "lost");
    }

    [Theory]
    [InlineData("missed")]
    [InlineData("lost")]
    [InlineData("lost and regained")]
    public async Task Feed_WithAHole_ShowsWhatWasNotTold(string hole)
    {
        await PutAsync(StoredResponses.Get());
        _back.Tell(o => o.OnConnected());
        await ReadAsync();
        await _shared.InvalidateAsync(SomeKey.Uri, default);

        Punch(hole);

        (await ReadAsync()).Should().BeEmpty();
    }

    [Theory]
    [InlineData("missed")]
    [InlineData("lost")]
    [InlineData("lost and regained")]
    public async Task Feed_HoleBetweenReadOfTheBackAndPromotion_MakesThePromotionSuspect(string hole)
    {
        await PutAsync(StoredResponses.Get());
        _back.Tell(o => o.OnConnected());
        _back.AfterRead = async () =>
        {
            _back.AfterRead = null;
            await _shared.InvalidateAsync(SomeKey.Uri, default);
            Punch(hole);
        };
        (await ReadAsync()).Should().ContainSingle("this read saw the back before the change");

        (await ReadAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task Connected_AfterAPromotionWithoutFeed_AsksTheBackOnceMore()
    {
        await PutAsync(StoredResponses.Get());
        await ReadAsync();
        await _shared.InvalidateAsync(SomeKey.Uri, default);

        _back.Tell(o => o.OnConnected());

        (await ReadAsync()).Should().BeEmpty("the change before the connection was not told to anybody");
    }

    [Fact]
    public async Task RemoveByTag_UnchangedKeys_AreConfirmedWithoutCopying()
    {
        using var tier = new TieredHttpCacheStore(_front, _shared, new TieredHttpCacheStoreOptions { TimeProvider = _time });
        await PutAsync(StoredResponses.Get());
        (await tier.ReadAsync(SomeKey, default)).Dispose();
        var held = _front.Bytes;

        await tier.RemoveByTagAsync("other", default);
        using var snapshot = await tier.ReadAsync(SomeKey, default);

        snapshot.Responses.Should().ContainSingle();
        _front.Bytes.Should().Be(held);
    }

    [Fact]
    public async Task Dispose_EndsTheSubscription()
    {
        _back.Subscriptions.Should().Be(1);
        _back.Tell(o => o.OnConnected());
        await PutAsync(StoredResponses.Get());

        _tier.Dispose();

        _back.Subscriptions.Should().Be(0);
        _tier.IsFollowing.Should().BeFalse();
        (await ReadAsync()).Should().ContainSingle("the stores are the caller's");
    }

    [Fact]
    public async Task Change_FrontFails_NothingInItCountsUntilTheBackWasAsked()
    {
        var front = new FaultyStore(_front);
        using var tier = new TieredHttpCacheStore(front, _back, new TieredHttpCacheStoreOptions { TimeProvider = _time });
        await PutAsync(StoredResponses.Get());
        _back.Tell(o => o.OnConnected());
        (await tier.ReadAsync(SomeKey, default)).Dispose();
        await _shared.InvalidateAsync(SomeKey.Uri, default);
        front.Inject(StoreCall.Invalidate, StoreFault.Throw);

        _back.Tell(o => o.OnChanged(SomeKey.Uri));

        using var snapshot = await tier.ReadAsync(SomeKey, default);
        snapshot.Responses.Should().BeEmpty();
    }

    [Fact]
    public async Task Hit_WhileFollowing_AllocatesTheSnapshotAlone()
    {
        await PutAsync(StoredResponses.Get());
        _back.Tell(o => o.OnConnected());
        await ReadAsync();
        const int Calls = 1000;
        void Read()
        {
            for (var i = 0; i < Calls; i++)
            {
                var read = _tier.ReadAsync(SomeKey, default);
                read.IsCompletedSuccessfully.Should().BeTrue();
                read.Result.Dispose();
            }
        }

        long Measure()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Calls; i++)
            {
                _tier.ReadAsync(SomeKey, default).Result.Dispose();
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Read();
        Measure();

        // The object header, the front's snapshot and the back's stamp.
        (Measure() / (double)Calls).Should().BeLessThanOrEqualTo(32);
    }

    [Fact]
    [Trait("Spec", "CON-6")]
    public async Task OpenWritten_ThroughTheTier_ReadsTheBacksWriter()
    {
        using var writer = await _tier.BeginWriteAsync(SomeKey, 3, default);
        await writer!.WriteAsync(new byte[] { 1, 2, 3 }, default);

        using var written = writer.OpenWritten();

        written!.Length.Should().Be(3);
    }

    public void Dispose()
    {
        _tier.Dispose();
        _front.Dispose();
        _shared.Dispose();
    }

    private void Punch(string hole) => _back.Tell(o =>
    {
        if (hole == "missed")
        {
            o.OnEverythingChanged();
            return;
        }

        o.OnDisconnected();
        if (hole == "lost and regained")
        {
            o.OnConnected();
        }
    });

    private async Task<IReadOnlyList<StoredResponse>> ReadAsync()
    {
        using var snapshot = await _tier.ReadAsync(SomeKey, default);
        return [.. snapshot.Responses];
    }

    private async Task PutAsync(StoredResponse head)
    {
        using var snapshot = await _shared.ReadAsync(SomeKey, default);
        using var writer = await _shared.BeginWriteAsync(SomeKey, head.BodyLength, default);
        await writer!.WriteAsync(SelfDescribingBody.Create(head.BodyId, head.BodyLength), default);
        (await writer.CommitAsync(new StoreCommit { Head = head, Stamp = snapshot.Stamp, Retention = default }, default)).Should().BeTrue();
    }
}
