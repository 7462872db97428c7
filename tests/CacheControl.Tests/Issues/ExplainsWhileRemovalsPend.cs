using HttpCaching.Control;
using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Issues;

/// <summary>An explanation carries out no pending removal, and tells what the next request comes to that carries it out.</summary>
public sealed class ExplainsWhileRemovalsPend
{
    [Fact]
    [Trait("Spec", "XPL-1")]
    public async Task Explain_InvalidationPends_TellsAMissAndLeavesItPending()
    {
        var store = new AwayStore(new MemoryHttpCacheStore());
        using var fixture = Fixture(store);
        await fixture.GetAsync("http://h/a");
        await fixture.GetAsync("http://h/b");
        store.GoAway("fails");
        await fixture.SendAsync(CacheFixture.Request("PUT", "http://h/a"));
        store.ComeBack();
        var calls = store.Calls;

        var removed = await ExplainAsync(fixture, "http://h/a");
        (removed.Action, removed.Reason).Should().Be((CacheAction.Forward, CacheReason.Miss));
        removed.Candidates.Should().BeEmpty();
        (await ExplainAsync(fixture, "http://h/b")).Action.Should().Be(CacheAction.Serve);
        store.Calls.Should().Be(calls, "a dry run changes nothing");

        (await fixture.GetAsync("http://h/a")).Cache.Hit.Should().BeFalse();
        store.Carried.Should().Be(1, "the request carries it out");
    }

    [Fact]
    [Trait("Spec", "XPL-1")]
    public async Task Explain_RemovalOfAGroupPends_LeavesOutTheGroupOnly()
    {
        var store = new AwayStore(new MemoryHttpCacheStore());
        using var fixture = Fixture(store);
        fixture.Origin.Then(200, "x", ("Cache-Control", "max-age=60"), ("Cache-Groups", "\"g\""));
        await fixture.GetAsync("http://h/grouped");
        await fixture.GetAsync("http://h/plain");
        fixture.Origin.Then(200, "posted", ("Cache-Group-Invalidation", "\"g\""));
        store.GoAway("fails");
        await fixture.SendAsync(CacheFixture.Request("POST", "http://h/other"));
        store.ComeBack();

        (await ExplainAsync(fixture, "http://h/grouped")).Action.Should().Be(CacheAction.Forward);
        (await ExplainAsync(fixture, "http://h/plain")).Action.Should().Be(CacheAction.Serve);
        store.RemovedTag.Task.IsCompleted.Should().BeFalse("a dry run changes nothing");

        (await fixture.GetAsync("http://h/plain")).Cache.Hit.Should().BeTrue();
        store.RemovedTag.Task.IsCompleted.Should().BeTrue("the request carries it out");
        (await fixture.GetAsync("http://h/grouped")).Cache.Hit.Should().BeFalse();
    }

    [Fact]
    [Trait("Spec", "XPL-1")]
    public async Task Explain_RemovalUnderWay_TellsAMissAsTheNextRequestIs()
    {
        var store = new AwayStore(new MemoryHttpCacheStore());
        using var fixture = Fixture(store);
        await fixture.GetAsync("http://h/plain");
        fixture.Origin.Then(200, "posted", ("Cache-Group-Invalidation", "\"g\""));
        store.GoAway("hangs");
        var posting = fixture.SendAsync(CacheFixture.Request("POST", "http://h/other"));
        while (!posting.IsCompleted)
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await posting;
        var removed = await ExplainAsync(fixture, "http://h/plain");

        removed.Action.Should().Be(CacheAction.Forward);
        (await fixture.GetAsync("http://h/plain")).Cache.Hit.Should().BeFalse();
    }

    [Fact]
    [Trait("Spec", "LOOK-1")]
    public async Task Remove_StoreThatCannot_SaysTheSameWhateverIsAsked()
    {
        using var cache = new HttpCache(new Storage.OwnStore.OwnStore());
        Func<Task>[] calls =
        [
            () => cache.ClearAsync(), () => cache.RemoveByTagAsync("t"), () => cache.RemoveOriginAsync(new Uri("http://h/")), () => cache.RemoveByPrefixAsync("http://h/"),
            () => cache.RemoveAsync(new CachedResponseFilter()), () => cache.FindAsync(new Uri("http://h/")), () => cache.MarkStaleAsync(new CachedResponseFilter { Tag = "t" }),
        ];

        var messages = new HashSet<string>();
        foreach (var call in calls)
        {
            messages.Add((await call.Should().ThrowAsync<NotSupportedException>()).Which.Message);
        }

        messages.Should().ContainSingle().Which.Should().Be(
            "OwnStore can't list its responses, or can't remove many of them at once. Stores in memory, in files, in SQLite and in Redis can, and so can two tiers of which the back one can.");
    }

    private static CacheFixture Fixture(AwayStore store)
    {
        var fixture = new CacheFixture(store: store);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"));
        return fixture;
    }

    private static async Task<CacheExplanation> ExplainAsync(CacheFixture fixture, string uri)
    {
        using var request = CacheFixture.Request("GET", uri);
        return await fixture.Cache.ExplainAsync(request);
    }
}
