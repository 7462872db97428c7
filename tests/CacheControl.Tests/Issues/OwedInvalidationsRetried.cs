using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Issues;

/// <summary>
/// An invalidation that the store could not carry out was made up for only by a read of the same URI in the same process: other processes went on with the old body.
/// </summary>
public sealed class OwedInvalidationsRetried
{
    private const string Uri = "http://h/";

    [Theory]
    [InlineData("fails", 2)]
    [InlineData("fails", 90)]
    [InlineData("hangs", 2)]
    [InlineData("hangs", 90)]
    [Trait("Spec", "INV-10")]
    public async Task Put_StoreAway_IsMadeUpForWithinFiveSecondsOfItsReturn(string how, int secondsAway)
    {
        var store = new AwayStore(new MemoryHttpCacheStore());
        using var fixture = await StoredAsync(store, "max-age=3600");
        store.GoAway(how);
        await AdvanceUntilAsync(fixture, fixture.SendAsync(CacheFixture.Request("PUT", Uri)));
        fixture.Time.Advance(TimeSpan.FromSeconds(secondsAway));
        await AdvanceAsync(fixture, TimeSpan.FromSeconds(5));

        // Nobody reads here.
        store.ComeBack();
        var since = fixture.Time.GetUtcNow();
        await AdvanceUntilAsync(fixture, store.Invalidated.Task);
        (fixture.Time.GetUtcNow() - since).Should().BeLessThan(TimeSpan.FromSeconds(5));

        using var other = new CacheFixture(store: new AwayStore(store));
        other.Origin.Then(200, "new");
        (await other.GetAsync(Uri)).Body.Should().Be("new");
    }

    [Theory]
    [InlineData("fails")]
    [InlineData("hangs")]
    [Trait("Spec", "INV-10")]
    public async Task Put_StoreAwayForLong_IsAskedByOneCallAtATime(string how)
    {
        var store = new AwayStore(new MemoryHttpCacheStore());
        using var fixture = await StoredAsync(store, "max-age=3600");
        store.GoAway(how);
        for (var i = 0; i < 20; i++)
        {
            await AdvanceUntilAsync(fixture, fixture.SendAsync(CacheFixture.Request("PUT", Uri + i)));
        }

        var before = store.Calls;
        await AdvanceAsync(fixture, TimeSpan.FromSeconds(60));

        (store.Calls - before).Should().BeInRange(1, 70);
        store.MostAtOnce.Should().BeLessThanOrEqualTo(how == "fails" ? 1 : 60);
    }

    [Fact]
    [Trait("Spec", "INV-10")]
    public async Task ManyPuts_StoreAway_AllAreMadeUpFor()
    {
        var store = new AwayStore(new MemoryHttpCacheStore());
        using var fixture = await StoredAsync(store, "max-age=3600");
        store.GoAway("fails");
        for (var i = 0; i < 300; i++)
        {
            await fixture.SendAsync(CacheFixture.Request("PUT", Uri + i));
        }

        store.ComeBack();
        await AdvanceUntilAsync(fixture, Task.Run(async () =>
        {
            while (store.Carried < 300)
            {
                await Task.Yield();
            }
        }));
    }

    [Fact]
    [Trait("Spec", "INV-10")]
    public async Task GroupInvalidation_StoreAway_IsMadeUpForInTheBackground()
    {
        var store = new AwayStore(new MemoryHttpCacheStore());
        using var fixture = await StoredAsync(store, "max-age=3600");
        fixture.Origin.Then(200, "posted", ("Cache-Group-Invalidation", "\"g\""));
        store.GoAway("fails");
        await fixture.SendAsync(CacheFixture.Request("POST", "http://h/other"));

        store.ComeBack();
        await AdvanceUntilAsync(fixture, store.RemovedTag.Task);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Spec", "INV-10")]
    public async Task Dispose_InvalidationOwed_IsTriedOnceMore(bool isBack)
    {
        var store = new AwayStore(new MemoryHttpCacheStore());
        var fixture = await StoredAsync(store, "max-age=3600");
        store.GoAway("fails");
        await fixture.SendAsync(CacheFixture.Request("PUT", Uri));
        if (isBack)
        {
            store.ComeBack();
        }

        var before = store.Calls;
        fixture.Dispose();

        store.Calls.Should().Be(before + 1);
        store.Invalidated.Task.IsCompleted.Should().Be(isBack);
        fixture.Time.Advance(TimeSpan.FromMinutes(1));
        store.Calls.Should().Be(before + 1, "nothing goes on after disposal");
    }

    private static async Task<CacheFixture> StoredAsync(AwayStore store, string cacheControl)
    {
        var fixture = new CacheFixture(store: store);
        fixture.Origin.Otherwise = r => ScriptedOrigin.Response(200, "old", ("Cache-Control", cacheControl), ("Cache-Groups", "\"g\""));
        await fixture.GetAsync(Uri);
        return fixture;
    }

    private static async Task AdvanceUntilAsync(CacheFixture fixture, Task task)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!task.IsCompleted)
        {
            patience.Token.ThrowIfCancellationRequested();
            fixture.Time.Advance(TimeSpan.FromMilliseconds(50));

            // So that the clock doesn't run away from a pool that is busy with other things.
            await Task.WhenAny(task, Task.Delay(20, CancellationToken.None));
        }

        await task;
    }

    private static async Task AdvanceAsync(CacheFixture fixture, TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromMilliseconds(50))
        {
            fixture.Time.Advance(TimeSpan.FromMilliseconds(50));
            await SettleAsync();
        }
    }

    /// <summary>Lets the pool do what the clock has set going.</summary>
    private static async Task SettleAsync()
    {
        for (var i = 0; i < 20; i++)
        {
            await Task.Run(static () => { });
        }
    }
}
