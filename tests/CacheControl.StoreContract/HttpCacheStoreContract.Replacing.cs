using FluentAssertions;
using Xunit;

namespace HttpCaching.StoreContract;

/// <content>Variants, refreshing, replacing and removing.</content>
public abstract partial class HttpCacheStoreContract
{
    private Task<bool> RefreshAsync(CacheKey key, long generation, StoredResponse head) =>
        Store.RefreshAsync(key, generation, head);

    /// <summary>A key has one stored response for each variant, newest first.</summary>
    [Fact]
    public async Task Commit_SeveralVariants_AreListedNewestFirst()
    {
        var heads = new List<StoredResponse>();
        for (var i = 0; i < 5; i++)
        {
            heads.Insert(0, await PutAsync(Key(), StoredResponses.Get(length: 100 + i, variant: $"v{i}", rank: 10 - i)));
        }

        using var snapshot = await Store.ReadAsync(Key(), default);

        snapshot.Responses.Select(r => r.Variant).Should().Equal(heads.Select(h => h.Variant));
        await ShouldHoldAsync(Key(), [.. heads]);
    }

    /// <summary>A commit replaces the response of its variant, and no other.</summary>
    [Fact]
    public async Task Commit_SameVariant_ReplacesIt()
    {
        var first = await PutAsync(Key(), StoredResponses.Get(variant: "a"));
        var other = await PutAsync(Key(), StoredResponses.Get(variant: "b"));

        var second = await PutAsync(Key(), StoredResponses.Get(variant: "a", length: 7), replaces: first.Generation);

        await ShouldHoldAsync(Key(), second, other);
    }

    /// <summary>A commit may replace the generation that was read, whatever the ranks.</summary>
    [Fact]
    public async Task Commit_ReplacesWhatWasRead_RankDoesNotMatter()
    {
        var first = await PutAsync(Key(), StoredResponses.Get(rank: 9));

        var second = await PutAsync(Key(), StoredResponses.Get(rank: 3), replaces: first.Generation);

        await ShouldHoldAsync(Key(), second);
    }

    /// <summary>If another writer was first, the greater rank stays; on a tie, the later commit.</summary>
    [Theory]
    [InlineData(5, 4, false)]
    [InlineData(5, 5, true)]
    [InlineData(5, 6, true)]
    [InlineData(long.MaxValue, long.MinValue, false)]
    [Trait("Spec", "CON-8")]
    public async Task Commit_AnotherWriterWasFirst_GreaterRankStays(long firstRank, long secondRank, bool secondStays)
    {
        if (!SupportsCompareAndSwap)
        {
            return;
        }

        var read = await PutAsync(Key(), StoredResponses.Get(rank: 1));
        var stamp = await StampOfAsync(Key());
        var first = StoredResponses.Get(rank: firstRank, length: 11);
        var second = StoredResponses.Get(rank: secondRank, length: 12);
        (await TryPutAsync(Key(), first, stamp, read.Generation)).Should().BeTrue();

        (await TryPutAsync(Key(), second, stamp, read.Generation)).Should().Be(secondStays);

        await ShouldHoldAsync(Key(), secondStays ? second : first);
    }

    /// <summary>The rank also decides between two writers whose snapshots were both empty.</summary>
    [Fact]
    [Trait("Spec", "CON-8")]
    public async Task Commit_BothWritersFoundNothing_GreaterRankStays()
    {
        if (!SupportsCompareAndSwap)
        {
            return;
        }

        var stamp = await StampOfAsync(Key());
        var newer = StoredResponses.Get(rank: 2);
        (await TryPutAsync(Key(), newer, stamp)).Should().BeTrue();

        (await TryPutAsync(Key(), StoredResponses.Get(rank: 1), stamp)).Should().BeFalse();

        await ShouldHoldAsync(Key(), newer);
    }

    /// <summary>If the response that a writer wanted to replace is gone, the writer's response is stored all the same.</summary>
    [Fact]
    public async Task Commit_ReplacedOneIsGone_Stores()
    {
        var first = await PutAsync(Key(), StoredResponses.Get());
        var stamp = await StampOfAsync(Key());
        await Store.RemoveAsync(Key(), first.Generation, default);
        var second = StoredResponses.Get();

        (await TryPutAsync(Key(), second, stamp, first.Generation)).Should().BeTrue();

        await ShouldHoldAsync(Key(), second);
    }

    /// <summary>A refresh changes the head and keeps the body.</summary>
    [Fact]
    public async Task ReplaceHead_GenerationStands_ChangesHeadOnly()
    {
        var head = await PutAsync(Key(), StoredResponses.Get(length: 5000, variant: "a"));
        var other = await PutAsync(Key(), StoredResponses.Get(variant: "b"));
        var refreshed = StoredResponses.Refresh(head);

        (await RefreshAsync(Key(), head.Generation, refreshed)).Should().BeTrue();

        await ShouldHoldAsync(Key(), refreshed, other);
    }

    /// <summary>Of two refreshes from one generation, the second loses and changes nothing.</summary>
    [Fact]
    [Trait("Spec", "CON-8")]
    public async Task ReplaceHead_GenerationIsOld_ChangesNothing()
    {
        if (!SupportsCompareAndSwap)
        {
            return;
        }

        var head = await PutAsync(Key(), StoredResponses.Get());
        var first = StoredResponses.Refresh(head);
        (await RefreshAsync(Key(), head.Generation, first)).Should().BeTrue();

        (await RefreshAsync(Key(), head.Generation, StoredResponses.Refresh(head, rank: 99))).Should().BeFalse();

        await ShouldHoldAsync(Key(), first);
    }

    /// <summary>A refresh of a response that was replaced in the meantime loses: the new body never gets the old one's head.</summary>
    [Fact]
    [Trait("Spec", "CON-8")]
    public async Task ReplaceHead_BodyWasReplaced_ChangesNothing()
    {
        if (!SupportsCompareAndSwap)
        {
            return;
        }

        var head = await PutAsync(Key(), StoredResponses.Get());
        var replacement = await PutAsync(Key(), StoredResponses.Get(length: 33), replaces: head.Generation);

        (await RefreshAsync(Key(), head.Generation, StoredResponses.Refresh(head))).Should().BeFalse();

        await ShouldHoldAsync(Key(), replacement);
    }

    /// <summary>A refresh of a removed response does not bring it back.</summary>
    [Fact]
    [Trait("Spec", "INV-4")]
    public async Task ReplaceHead_NothingStands_DoesNotReinstate()
    {
        var head = await PutAsync(Key(), StoredResponses.Get());
        await Store.InvalidateAsync(Key().Uri, default);

        (await RefreshAsync(Key(), head.Generation, StoredResponses.Refresh(head))).Should().BeFalse();
        (await RefreshAsync(Key("absent"), 1, StoredResponses.Refresh(head))).Should().BeFalse();

        await ShouldHoldAsync(Key());
        await ShouldHoldAsync(Key("absent"));
    }

    /// <summary>A refresh may move a response to another variant.</summary>
    [Fact]
    public async Task ReplaceHead_VariantChanges_Moves()
    {
        var head = await PutAsync(Key(), StoredResponses.Get(variant: "a"));
        var moved = StoredResponses.Refresh(head, variant: "b");
        (await RefreshAsync(Key(), head.Generation, moved)).Should().BeTrue();
        await ShouldHoldAsync(Key(), moved);

        var replacement = await PutAsync(Key(), StoredResponses.Get(variant: "b"), replaces: moved.Generation);

        await ShouldHoldAsync(Key(), replacement);
    }

    /// <summary>A refresh may move a response to a variant of lower rank. It replaces that response: a variant has one stored response.</summary>
    [Fact]
    public async Task ReplaceHead_VariantIsTakenByOlder_TakesItsPlace()
    {
        var head = await PutAsync(Key(), StoredResponses.Get(variant: "a", rank: 5));
        await PutAsync(Key(), StoredResponses.Get(variant: "b", rank: 2));
        var moved = StoredResponses.Refresh(head, variant: "b", rank: 6);

        (await RefreshAsync(Key(), head.Generation, moved)).Should().BeTrue();

        await ShouldHoldAsync(Key(), moved);
    }

    /// <summary>Of many concurrent refreshes from one generation, one wins.</summary>
    [Fact]
    [Trait("Spec", "CON-8")]
    public async Task ReplaceHead_ManyAtOnce_ExactlyOneWins()
    {
        if (!SupportsCompareAndSwap)
        {
            return;
        }

        var head = await PutAsync(Key(), StoredResponses.Get());
        var refreshes = Enumerable.Range(0, 8).Select(i => StoredResponses.Refresh(head, rank: i)).ToArray();

        var won = await Task.WhenAll(refreshes.Select(r => Task.Run(() => RefreshAsync(Key(), head.Generation, r))));

        won.Count(w => w).Should().Be(1);
        await ShouldHoldAsync(Key(), refreshes[Array.IndexOf(won, true)]);
    }

    /// <summary>Of many concurrent writers of one variant, the greatest rank stays.</summary>
    [Fact]
    [Trait("Spec", "CON-8")]
    public async Task Commit_ManyAtOnce_GreatestRankStays()
    {
        if (!SupportsCompareAndSwap)
        {
            return;
        }

        var stamp = await StampOfAsync(Key());
        var heads = Enumerable.Range(0, 8).Select(i => StoredResponses.Get(rank: i, length: 1000 + i)).ToArray();

        await Task.WhenAll(heads.Select(h => Task.Run(() => TryPutAsync(Key(), h, stamp))));

        await ShouldHoldAsync(Key(), heads[^1]);
    }

    /// <summary>Removing removes one response and leaves the others.</summary>
    [Fact]
    public async Task Remove_GenerationStands_RemovesThatOne()
    {
        var first = await PutAsync(Key(), StoredResponses.Get(variant: "a"));
        var second = await PutAsync(Key(), StoredResponses.Get(variant: "b"));

        await Store.RemoveAsync(Key(), first.Generation, default);
        await ShouldHoldAsync(Key(), second);

        await Store.RemoveAsync(Key(), second.Generation, default);
        await ShouldHoldAsync(Key());
    }

    /// <summary>Removing by an old generation leaves a response that was stored since.</summary>
    [Fact]
    public async Task Remove_GenerationIsOld_DoesNothing()
    {
        var head = await PutAsync(Key(), StoredResponses.Get());
        var refreshed = StoredResponses.Refresh(head);
        await RefreshAsync(Key(), head.Generation, refreshed);

        await Store.RemoveAsync(Key(), head.Generation, default);
        await Store.RemoveAsync(Key("absent"), 1, default);

        await ShouldHoldAsync(Key(), refreshed);
    }
}
