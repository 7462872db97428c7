using FluentAssertions;
using Xunit;

namespace HttpCaching.StoreContract;

/// <content>Invalidation and maintenance.</content>
public abstract partial class HttpCacheStoreContract
{
    /// <summary>An invalidation removes all variants of its URI in all scopes, and nothing else.</summary>
    [Fact]
    public async Task Invalidate_SeveralScopes_RemovesAllOfThem()
    {
        await PutAsync(Key("a"), StoredResponses.Get(variant: "1"));
        await PutAsync(Key("a"), StoredResponses.Get(variant: "2"));
        await PutAsync(Key("a", "scope"), StoredResponses.Get());
        await PutAsync(Key("a", "other"), StoredResponses.Get());
        var longer = await PutAsync(Key("ab"), StoredResponses.Get());
        var upper = await PutAsync(Key("A", "scope"), StoredResponses.Get());

        await Store.InvalidateAsync(Key("a").Uri, default);
        await Store.InvalidateAsync(Key("absent").Uri, default);

        await ShouldHoldAsync(Key("a"));
        await ShouldHoldAsync(Key("a", "scope"));
        await ShouldHoldAsync(Key("a", "other"));
        await ShouldHoldAsync(Key("ab"), longer);
        await ShouldHoldAsync(Key("A", "scope"), upper);
    }

    /// <summary>A response requested before an invalidation isn't stored after it, in any scope, whether the writer had begun or not.</summary>
    [Theory]
    [InlineData(null, true)]
    [InlineData(null, false)]
    [InlineData("scope", true)]
    [InlineData("scope", false)]
    [Trait("Spec", "INV-4")]
    public async Task Invalidate_CommitFromOlderSnapshot_IsRefused(string? scope, bool wasStored)
    {
        if (!RefusesLateCommits)
        {
            return;
        }

        var key = Key("a", scope);
        var replaced = wasStored ? await PutAsync(key, StoredResponses.Get()) : null;
        var stamp = await StampOfAsync(key);
        var head = StoredResponses.Get(length: 0, rank: 9);
        using var begunBefore = await Store.BeginWriteAsync(key, 0, default);

        await Store.InvalidateAsync(key.Uri, default);

        (await begunBefore!.CommitAsync(Commit(head, stamp, replaced?.Generation), default)).Should().BeFalse();
        (await TryPutAsync(key, head, stamp, replaced?.Generation)).Should().BeFalse();
        await ShouldHoldAsync(key);
    }

    /// <summary>A response requested after the invalidation is stored, also after many invalidations.</summary>
    [Fact]
    [Trait("Spec", "INV-4")]
    public async Task Invalidate_CommitFromNewerSnapshot_IsStored()
    {
        var key = Key("a", "scope");
        for (var i = 0; i < 5; i++)
        {
            var head = await PutAsync(key, StoredResponses.Get());
            await ShouldHoldAsync(key, head);
            await Store.InvalidateAsync(key.Uri, default);
            await ShouldHoldAsync(key);
        }
    }

    /// <summary>The invalidation of one URI does not prevent the storing of another's response.</summary>
    [Fact]
    [Trait("Spec", "INV-4")]
    public async Task Invalidate_CommitToAnotherUri_IsStored()
    {
        var stamp = await StampOfAsync(Key("a"));
        await Store.InvalidateAsync(Key("b").Uri, default);
        var head = StoredResponses.Get();

        (await TryPutAsync(Key("a"), head, stamp)).Should().BeTrue();

        await ShouldHoldAsync(Key("a"), head);
    }

    /// <summary>A response stored before can be replaced after other URIs were invalidated.</summary>
    [Fact]
    [Trait("Spec", "INV-4")]
    public async Task Invalidate_ManyOtherUris_StandingResponseCanBeReplaced()
    {
        var first = await PutAsync(Key("a"), StoredResponses.Get());
        for (var i = 0; i < 3000; i++)
        {
            await Store.InvalidateAsync(Key(i).Uri, default);
        }

        var second = await PutAsync(Key("a"), StoredResponses.Get(), first.Generation);

        await ShouldHoldAsync(Key("a"), second);
    }

    /// <summary>The refusal of late commits survives any number of later invalidations.</summary>
    [Fact]
    [Trait("Spec", "INV-4")]
    public async Task Invalidate_ManyLaterInvalidations_LateCommitIsStillRefused()
    {
        if (!RefusesLateCommits)
        {
            return;
        }

        var stamp = await StampOfAsync(Key("a"));
        await Store.InvalidateAsync(Key("a").Uri, default);
        for (var i = 0; i < 3000; i++)
        {
            await Store.InvalidateAsync(Key(i).Uri, default);
        }

        (await TryPutAsync(Key("a"), StoredResponses.Get(), stamp)).Should().BeFalse();
    }

    /// <summary>Removal by tag removes exactly the responses with the tag, and refuses late commits.</summary>
    [Fact]
    public async Task RemoveByTag_SomeHaveIt_RemovesThose()
    {
        if (Store is not IHttpCacheStoreMaintenance maintenance)
        {
            return;
        }

        await PutAsync(Key("a"), StoredResponses.Get(variant: "1", tags: ["red", "blue"]));
        var blue = await PutAsync(Key("a"), StoredResponses.Get(variant: "2", tags: "blue"));
        await PutAsync(Key("b", "scope"), StoredResponses.Get(tags: "red"));
        var similar = await PutAsync(Key("c"), StoredResponses.Get(tags: ["RED", "reddish"]));
        var stamp = await StampOfAsync(Key("d"));

        (await maintenance.RemoveByTagAsync("red", default)).Should().Be(CountsRemovals ? 2 : -1);

        await ShouldHoldAsync(Key("a"), blue);
        await ShouldHoldAsync(Key("b", "scope"));
        await ShouldHoldAsync(Key("c"), similar);
        await ShouldRefuseAsync(Key("d"), StoredResponses.Get(tags: "red"), stamp);
    }

    /// <summary>The tags of the latest head count.</summary>
    [Fact]
    public async Task RemoveByTag_TagsChangedByReplacement_LatestCount()
    {
        if (Store is not IHttpCacheStoreMaintenance maintenance)
        {
            return;
        }

        var first = await PutAsync(Key(), StoredResponses.Get(tags: "old"));
        var second = await PutAsync(Key(), StoredResponses.Get(tags: "new"), first.Generation);

        (await maintenance.RemoveByTagAsync("old", default)).Should().Be(CountsRemovals ? 0 : -1);
        await ShouldHoldAsync(Key(), second);
        (await maintenance.RemoveByTagAsync("new", default)).Should().Be(CountsRemovals ? 1 : -1);
        await ShouldHoldAsync(Key());
    }

    /// <summary>Removal by prefix compares ordinally and covers all scopes; wildcards have no meaning.</summary>
    [Fact]
    public async Task RemoveByPrefix_SomeBeginWithIt_RemovesThose()
    {
        if (Store is not IHttpCacheStoreMaintenance maintenance || !RemovesByAnyPrefix)
        {
            return;
        }

        await PutAsync(Key("a_%*/1"), StoredResponses.Get());
        await PutAsync(Key("a_%*/2", "scope"), StoredResponses.Get());
        var upper = await PutAsync(Key("A_%*/1"), StoredResponses.Get());
        var other = await PutAsync(Key("abc/1"), StoredResponses.Get());
        var stamp = await StampOfAsync(Key("a_%*/3"));

        (await maintenance.RemoveByPrefixAsync(Key("a_%*/").Uri, default)).Should().Be(CountsRemovals ? 2 : -1);

        await ShouldHoldAsync(Key("a_%*/1"));
        await ShouldHoldAsync(Key("a_%*/2", "scope"));
        await ShouldHoldAsync(Key("A_%*/1"), upper);
        await ShouldHoldAsync(Key("abc/1"), other);
        await ShouldRefuseAsync(Key("a_%*/3"), StoredResponses.Get(), stamp);
    }

    /// <summary>Removal of a whole origin covers all its scopes and no other origin, and refuses late commits.</summary>
    [Fact]
    public async Task RemoveByPrefix_WholeOrigin_RemovesIt()
    {
        if (Store is not IHttpCacheStoreMaintenance maintenance)
        {
            return;
        }

        CacheKey[] others = [new("http://example.org/"), new("https://example.org:8443/"), new("https://example.org.example/"), new("https://a.example.org/", "s")];
        List<StoredResponse> heads = [];
        foreach (var other in others)
        {
            heads.Add(await PutAsync(other, StoredResponses.Get(other.Uri)));
        }

        await PutAsync(Key(), StoredResponses.Get());
        await PutAsync(Key("a/b?c"), StoredResponses.Get());
        await PutAsync(Key("d", "scope"), StoredResponses.Get());
        var stamp = await StampOfAsync(Key("late"));

        (await maintenance.RemoveByPrefixAsync("https://example.org/", default)).Should().Be(CountsRemovals ? 3 : -1);

        await ShouldHoldAsync(Key());
        await ShouldHoldAsync(Key("a/b?c"));
        await ShouldHoldAsync(Key("d", "scope"));
        await ShouldRefuseAsync(Key("late"), StoredResponses.Get(), stamp);
        for (var i = 0; i < others.Length; i++)
        {
            await ShouldHoldAsync(others[i], heads[i]);
        }
    }

    /// <summary>Clearing removes everything. It refuses late commits, not new ones.</summary>
    [Fact]
    public async Task Clear_SomethingStored_RemovesAll()
    {
        if (Store is not IHttpCacheStoreMaintenance maintenance)
        {
            return;
        }

        await PutAsync(Key("a"), StoredResponses.Get());
        await PutAsync(Key("b", "scope"), StoredResponses.Get());
        var stamp = await StampOfAsync(Key("a"));

        await maintenance.ClearAsync(default);

        await ShouldHoldAsync(Key("a"));
        await ShouldHoldAsync(Key("b", "scope"));
        await ShouldRefuseAsync(Key("a"), StoredResponses.Get(), stamp);
        await ShouldHoldAsync(Key("a"), await PutAsync(Key("a"), StoredResponses.Get()));
    }

    /// <summary>Enumeration lists every head with its key.</summary>
    [Fact]
    public async Task Enumerate_SomethingStored_ListsKeysAndHeads()
    {
        if (Store is not IHttpCacheStoreMaintenance maintenance || !ListsResponses)
        {
            return;
        }

        var expected = new List<string>();
        foreach (var key in new[] { Key("a"), Key("a", "scope"), Key("b"), Key("c", string.Empty) })
        {
            expected.Add(key + StoredResponses.Describe(await PutAsync(key, StoredResponses.Get(key.Uri, variant: "1"))));
            expected.Add(key + StoredResponses.Describe(await PutAsync(key, StoredResponses.Get(key.Uri, variant: "2"))));
        }

        var listed = new List<string>();
        await foreach (var (key, head) in maintenance.EnumerateAsync(default))
        {
            listed.Add(key + StoredResponses.Describe(head));
        }

        listed.Should().BeEquivalentTo(expected);
    }

    private async Task ShouldRefuseAsync(CacheKey key, StoredResponse head, long stamp)
    {
        if (RefusesLateCommits)
        {
            (await TryPutAsync(key, head, stamp)).Should().BeFalse();
            await ShouldHoldAsync(key);
        }
    }
}
