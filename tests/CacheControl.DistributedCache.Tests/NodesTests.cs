using HttpCaching.StoreContract;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.DistributedCache.Tests;

/// <summary>Two nodes on one engine, whose steps are put into the order that does the most harm.</summary>
public sealed class NodesTests : IDisposable
{
    private const int Large = 20_000;

    private static readonly CacheKey Key = new("https://example.org/a", "scope");

    private readonly FakeTimeProvider _time = new();
    private readonly WatchedCache _engine = new();
    private readonly DistributedHttpCacheStore _a;
    private readonly DistributedHttpCacheStore _b;

    public NodesTests()
    {
        _a = NewNode();
        _b = NewNode();
    }

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
    }

    [Fact]
    public async Task Commit_OtherNodeStored_IsSeenByBoth()
    {
        var head = await PutAsync(_a, StoredResponses.Get(Key.Uri, Large));

        await ShouldHoldAsync(_b, head);
    }

    [Fact]
    [Trait("Spec", "INV-4")]
    public async Task Commit_OtherNodeInvalidatedMeanwhile_IsRefused()
    {
        var stamp = await StampAsync(_a);
        await _b.InvalidateAsync(Key.Uri, default);

        (await TryPutAsync(_a, StoredResponses.Get(Key.Uri), stamp)).Should().BeFalse();

        await ShouldHoldAsync(_a);
        await ShouldHoldAsync(_b);
    }

    [Fact]
    [Trait("Spec", "INV-4")]
    public async Task Commit_OtherNodeRemovedByTagMeanwhile_IsRefusedOnlyIfItHasATag()
    {
        var stamp = await StampAsync(_a);
        await _b.RemoveByTagAsync("t", default);

        (await TryPutAsync(_a, StoredResponses.Get(Key.Uri, tags: "t"), stamp)).Should().BeFalse();
        var head = StoredResponses.Get(Key.Uri);
        (await TryPutAsync(_a, head, stamp)).Should().BeTrue("no removal by tag concerns it");

        await ShouldHoldAsync(_b, head);
        await _b.InvalidateAsync(Key.Uri, default);
        (await TryPutAsync(_a, head, stamp)).Should().BeFalse();
    }

    [Fact]
    [Trait("Spec", "INV-4")]
    public async Task ReplaceHead_AddsATagThatAnotherNodeRemovedSince_IsRefused()
    {
        var head = await PutAsync(_a, StoredResponses.Get(Key.Uri, Large));
        var stamp = await StampAsync(_a);
        await _b.RemoveByTagAsync("t", default);

        (await _a.ReplaceHeadAsync(Key, head.Generation, StoredResponses.Refresh(head, tags: ["t"]), stamp, TimeSpan.FromHours(1), default)).Should().BeFalse();

        await ShouldHoldAsync(_a, head);
        var later = await PutAsync(_a, StoredResponses.Get(Key.Uri, Large));
        (await _a.RefreshAsync(Key, later.Generation, StoredResponses.Refresh(later, tags: ["t"]))).Should().BeTrue();
    }

    /// <summary>The engine has dropped the very value by which the nodes tell each other of the invalidation.</summary>
    [Theory]
    [InlineData('u')]
    [InlineData('o')]
    [InlineData('s')]
    [InlineData('l')]
    [Trait("Spec", "INV-4")]
    public async Task Commit_OtherNodeInvalidatedAndEpochWasEvicted_IsRefused(char kind)
    {
        var standing = await PutAsync(_a, StoredResponses.Get(Key.Uri));
        var stamp = await StampAsync(_a);
        await _b.InvalidateAsync(Key.Uri, default);
        _engine.Evict(k => WatchedCache.KindOf(k) == kind);

        (await TryPutAsync(_a, StoredResponses.Get(Key.Uri), stamp, standing.Generation)).Should().BeFalse();

        await ShouldHoldAsync(_a);
        await ShouldHoldAsync(_b);
    }

    /// <summary>An invalidation is not undone by anything that is dropped afterwards.</summary>
    [Theory]
    [InlineData('u')]
    [InlineData('o')]
    [InlineData('s')]
    [InlineData('l')]
    public async Task Read_InvalidatedAndEpochWasEvicted_StaysAMiss(char kind)
    {
        await PutAsync(_a, StoredResponses.Get(Key.Uri));
        await _b.InvalidateAsync(Key.Uri, default);
        await StampAsync(_a);

        _engine.Evict(k => WatchedCache.KindOf(k) == kind);

        await ShouldHoldAsync(_a);
        await ShouldHoldAsync(_b);
    }

    /// <summary>The invalidation comes between the last look of a commit and its write: the write can't be stopped, so it must not count.</summary>
    [Fact]
    [Trait("Spec", "INV-4")]
    public async Task Commit_OtherNodeInvalidatesAfterTheLastLook_IsInvisible()
    {
        var stamp = await StampAsync(_a);
        using var gate = HoldFirst("set", 'r');
        var commit = Task.Run(() => TryPutAsync(_a, StoredResponses.Get(Key.Uri), stamp));
        await gate.Reached;

        await _b.InvalidateAsync(Key.Uri, default);
        gate.Open();
        await commit;

        await ShouldHoldAsync(_a);
        await ShouldHoldAsync(_b);
    }

    /// <summary>The same for a refresh.</summary>
    [Fact]
    [Trait("Spec", "INV-4")]
    public async Task ReplaceHead_OtherNodeInvalidatesAfterTheLastLook_DoesNotReinstate()
    {
        var head = await PutAsync(_a, StoredResponses.Get(Key.Uri, Large));
        using var gate = HoldFirst("set", 'r');
        var refresh = Task.Run(() => _a.RefreshAsync(Key, head.Generation, StoredResponses.Refresh(head), TimeSpan.FromHours(1)));
        await gate.Reached;

        await _b.InvalidateAsync(Key.Uri, default);
        gate.Open();
        await refresh;

        await ShouldHoldAsync(_a);
        await ShouldHoldAsync(_b);
    }

    /// <summary>A node that has found no epoch writes one over that of an invalidation: that is one more invalidation, and none less.</summary>
    [Fact]
    public async Task Read_MakesAnEpochWhileOtherNodeInvalidates_NothingOldComesBack()
    {
        await PutAsync(_a, StoredResponses.Get(Key.Uri));
        var stamp = await StampAsync(_b);
        _engine.Evict(k => WatchedCache.KindOf(k) == 'u');
        using var gate = HoldFirst("set", 'u');
        var read = Task.Run(() => StampAsync(_a));
        await gate.Reached;

        await _b.InvalidateAsync(Key.Uri, default);
        gate.Open();
        await read;

        await ShouldHoldAsync(_a);
        (await TryPutAsync(_b, StoredResponses.Get(Key.Uri), stamp)).Should().BeFalse();
        await ShouldHoldAsync(_b);
        var head = await PutAsync(_a, StoredResponses.Get(Key.Uri));
        await ShouldHoldAsync(_b, head);
    }

    /// <summary>The later record wins, whole. What the earlier one added is a miss.</summary>
    [Theory]
    [InlineData(100)]
    [InlineData(Large)]
    public async Task Commit_BothStartFromOneRecord_LaterOneWinsWhole(int length)
    {
        var stampA = await StampAsync(_a);
        var stampB = await StampAsync(_b);
        using var gate = HoldFirst("set", 'r');
        var mine = StoredResponses.Get(Key.Uri, length, variant: "a");
        var commit = Task.Run(() => TryPutAsync(_a, mine, stampA));
        await gate.Reached;
        (await TryPutAsync(_b, StoredResponses.Get(Key.Uri, length, variant: "b"), stampB)).Should().BeTrue();

        gate.Open();
        (await commit).Should().BeTrue();

        await ShouldHoldAsync(_a, mine);
        await ShouldHoldAsync(_b, mine);
    }

    /// <summary>A refresh that is late by another node's whole commit: head and body stay together, whichever wins.</summary>
    [Theory]
    [InlineData(100)]
    [InlineData(Large)]
    public async Task ReplaceHead_OtherNodeReplacesBodyMeanwhile_HeadHasItsOwnBody(int length)
    {
        var first = await PutAsync(_a, StoredResponses.Get(Key.Uri, length));
        using var gate = HoldFirst("set", 'r');
        var refreshed = StoredResponses.Refresh(first);
        var refresh = Task.Run(() => _a.RefreshAsync(Key, first.Generation, refreshed, TimeSpan.FromHours(1)));
        await gate.Reached;
        await PutAsync(_b, StoredResponses.Get(Key.Uri, length + 7), first.Generation);

        gate.Open();
        await refresh;

        await ShouldHoldAsync(_b, refreshed);
        await ShouldHoldAsync(_a, refreshed);
    }

    [Fact]
    public async Task Snapshot_OtherNodeReplacesLargeBody_StaysReadableForTheGrace()
    {
        var first = await PutAsync(_a, StoredResponses.Get(Key.Uri, Large));
        var old = ChunkKeys();
        using var snapshot = await _a.ReadAsync(Key, default);

        var second = await PutAsync(_b, StoredResponses.Get(Key.Uri, Large), first.Generation);

        await ShouldHaveItsBodyAsync(snapshot, snapshot.Responses[0]);
        _time.Advance(TimeSpan.FromMinutes(9));
        var third = await PutAsync(_b, StoredResponses.Get(Key.Uri, Large), second.Generation);
        await _b.Remover.Running;
        ChunkKeys().Should().Contain(old, "the grace is not over");

        _time.Advance(TimeSpan.FromMinutes(2));
        await PutAsync(_b, StoredResponses.Get(Key.Uri, Large), third.Generation);
        await _b.Remover.Running;
        ChunkKeys().Should().NotContain(old, "the change after the grace has had them removed");
    }

    [Fact]
    public async Task Write_AbandonedAfterSomeChunks_TheyAreRemoved()
    {
        using (var writer = (await _a.BeginWriteAsync(Key, null, default))!)
        {
            (await writer.WriteAsync(new byte[Large], default)).Should().BeTrue();
            ChunkKeys().Should().NotBeEmpty("what is more than one chunk is in the engine already");
        }

        await _a.Remover.Running;

        ChunkKeys().Should().BeEmpty();
    }

    [Fact]
    public async Task Commit_Refused_ItsChunksAreRemoved()
    {
        var stamp = await StampAsync(_a);
        await _b.InvalidateAsync(Key.Uri, default);

        (await TryPutAsync(_a, StoredResponses.Get(Key.Uri, Large), stamp)).Should().BeFalse();
        await _a.Remover.Running;

        ChunkKeys().Should().BeEmpty();
    }

    [Theory]
    [InlineData("tag")]
    [InlineData("origin")]
    [InlineData("all")]
    public async Task Removal_OnOtherNode_IsSeenAfterTheEpochAge_AndCommitsAreRefusedAtOnce(string what)
    {
        var head = await PutAsync(_a, StoredResponses.Get(Key.Uri, tags: "red"));
        await ShouldHoldAsync(_a, head);
        var stamp = await StampAsync(_a);

        await (what switch
        {
            "tag" => _b.RemoveByTagAsync("red", default).AsTask(),
            "origin" => _b.RemoveByPrefixAsync("https://example.org/", default).AsTask(),
            _ => _b.ClearAsync(default).AsTask(),
        });

        await ShouldHoldAsync(_b);
        (await TryPutAsync(_a, StoredResponses.Get(Key.Uri, tags: "red"), stamp, head.Generation)).Should().BeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));
        await ShouldHoldAsync(_a);
        await ShouldHoldAsync(_a, await PutAsync(_a, StoredResponses.Get(Key.Uri, tags: "red")));
    }

    /// <summary>The tag is removed while a commit is between its look at the tags and its look at the stamp.</summary>
    [Fact]
    public async Task RemoveByTag_WhileOtherNodeCommits_CommitIsRefusedOrInvisible()
    {
        foreach (var held in new[] { "get t", "get l", "get r", "set r" })
        {
            var stamp = await StampAsync(_a);
            using var gate = HoldFirst(held[..3], held[4]);
            var commit = Task.Run(() => TryPutAsync(_a, StoredResponses.Get(Key.Uri, tags: "red"), stamp));
            await gate.Reached;
            await _b.RemoveByTagAsync("red", default);
            gate.Open();
            await commit;

            _time.Advance(TimeSpan.FromSeconds(2));
            await ShouldHoldAsync(_a);
            await ShouldHoldAsync(_b);
        }
    }

    [Fact]
    public async Task RemoveByPrefix_NotAnOrigin_SaysWhatIsPossible()
    {
        foreach (var prefix in new[] { "https://example.org/a", "https://example.org/a/", "https://example.org", "https://", string.Empty })
        {
            await _a.Invoking(async s => await s.RemoveByPrefixAsync(prefix, default)).Should().ThrowAsync<NotSupportedException>().WithMessage("*tag*");
        }

        _a.Invoking(s => s.EnumerateAsync(default)).Should().Throw<NotSupportedException>();
    }

    private DistributedHttpCacheStore NewNode() =>
        new(_engine, new DistributedHttpCacheStoreOptions { ChunkBytes = 4096, InlineBodyBytes = 1000, TimeProvider = _time });

    private List<string> ChunkKeys() => [.. _engine.Keys.Where(k => WatchedCache.KindOf(k) == 'b')];

    /// <summary>Holds up the first call of a kind that comes from now on.</summary>
    private Gate HoldFirst(string name, char kind)
    {
        var gate = new Gate(_engine);
        _engine.Before = (_, call, key) => call == name && WatchedCache.KindOf(key) == kind ? gate.PassAsync() : Task.CompletedTask;
        return gate;
    }

    private static async Task<long> StampAsync(IHttpCacheStore store)
    {
        using var snapshot = await store.ReadAsync(Key, default);
        return snapshot.Stamp;
    }

    private static async Task<StoredResponse> PutAsync(IHttpCacheStore store, StoredResponse head, long? replaces = null)
    {
        (await TryPutAsync(store, head, await StampAsync(store), replaces)).Should().BeTrue();
        return head;
    }

    private static async Task<bool> TryPutAsync(IHttpCacheStore store, StoredResponse head, long stamp, long? replaces = null)
    {
        using var writer = (await store.BeginWriteAsync(Key, head.BodyLength, default))!;
        (await writer.WriteAsync(SelfDescribingBody.Create(head.BodyId, head.BodyLength), default)).Should().BeTrue();
        return await writer.CommitAsync(
            new StoreCommit { Head = head, Stamp = stamp, Replaces = replaces, Retention = TimeSpan.FromHours(1) }, default);
    }

    private static async Task ShouldHoldAsync(IHttpCacheStore store, params StoredResponse[] heads)
    {
        using var snapshot = await store.ReadAsync(Key, default);
        snapshot.Responses.Select(StoredResponses.Describe).Should().BeEquivalentTo(heads.Select(StoredResponses.Describe));
        foreach (var response in snapshot.Responses)
        {
            await ShouldHaveItsBodyAsync(snapshot, response);
        }
    }

    private static async Task ShouldHaveItsBodyAsync(HttpCacheSnapshot snapshot, StoredResponse response)
    {
        using var body = await snapshot.OpenBodyAsync(response, default);
        var bytes = new byte[response.BodyLength];
        for (var count = 0; count < bytes.Length;)
        {
            count += await body.ReadAsync(count, bytes.AsMemory(count), default);
        }

        SelfDescribingBody.Matches(response.BodyId, response.BodyLength, 0, bytes).Should().BeTrue("the body is the one of its head");
    }
}
