using HttpCaching.Tests.Collapsing;
using HttpCaching.Tests.Control;
using HttpCaching.Tests.Storage;

namespace HttpCaching.Tests.Issues;

/// <summary>
/// A limit on validation that ended when nothing could stand in any more was a failure that nobody had caused, and limits of the store added up after a request that
/// had succeeded. What was invalidated while a POST was under way was stored all the same.
/// </summary>
public sealed class LimitsThatEndedInNothing
{
    [Fact]
    [Trait("Spec", "STL-13")]
    public async Task Validation_StaleWindowClosesBeforeTheLimit_WaitsForTheOrigin()
    {
        using var fixture = new CollapseFixture(options =>
        {
            options.ValidationTimeout = TimeSpan.FromSeconds(30);
            options.Collapsing.MaximumWait = TimeSpan.FromMinutes(1);
        });
        await fixture.StoreAsync("old", ("Cache-Control", "max-age=10, stale-if-error=20"), ("ETag", "\"a\""));
        fixture.Time.Advance(TimeSpan.FromSeconds(15));
        var waiting = new[] { fixture.Get(), fixture.Get() };
        var request = await fixture.Origin.NextAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(31));

        request.Answer(200, "new", CollapseFixture.Fresh);

        (await CollapseFixture.BodiesOf(waiting)).Should().AllBe("new");
    }

    [Fact]
    [Trait("Spec", "STL-13")]
    public async Task Validation_StaleWindowIsOpenAtTheLimit_IsServedStale()
    {
        using var fixture = new CollapseFixture(options => options.ValidationTimeout = TimeSpan.FromSeconds(3));
        await fixture.StoreAsync("old", ("Cache-Control", "max-age=10, stale-if-error=20"), ("ETag", "\"a\""));
        fixture.Time.Advance(TimeSpan.FromSeconds(27));
        var waiting = fixture.Get();
        await fixture.Origin.NextAsync();

        // The timer is late: the window has closed by the time it is noticed.
        fixture.Time.Advance(TimeSpan.FromSeconds(5));

        (await CollapseFixture.BodiesOf([waiting])).Should().Equal("old");
    }

    [Theory]
    [Trait("Spec", "CON-10")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Post_StoreHangsOnManyGroups_WaitsOnceAndOwesTheRest(bool isCancelled)
    {
        using var memory = new MemoryHttpCacheStore();
        using var store = new HangingTags(memory);
        using var fixture = new CacheFixture(store: store);
        using var patience = new CancellationTokenSource();
        fixture.Origin.Then(200, "old", ("Cache-Control", "max-age=600"), ("Cache-Groups", "\"g3\""));
        fixture.Origin.Then(200, "done", ("Cache-Group-Invalidation", string.Join(", ", Enumerable.Range(0, 32).Select(i => $"\"g{i}\""))));
        fixture.Origin.Then(200, "new", ("Cache-Control", "max-age=600"));
        await fixture.GetAsync();

        var posting = fixture.Client.SendAsync(CacheFixture.Request("POST", "http://h/other"), HttpCompletionOption.ResponseHeadersRead, patience.Token);
        await store.WhenCalled;
        if (isCancelled)
        {
            await patience.CancelAsync();
        }
        else
        {
            // Once the limit, and no more.
            fixture.Time.Advance(new HttpCacheOptions().Store.Timeout);
        }

        await ((Task)posting).WaitAsync(TimeSpan.FromSeconds(60)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        posting.IsCompleted.Should().BeTrue();
        store.LetGo();
        (await fixture.GetAsync()).Body.Should().Be("new");
    }

    [Fact]
    [Trait("Spec", "INV-4")]
    public async Task Post_InvalidatedWhileUnderWay_IsNotStored()
    {
        var fields = new[] { ("Cache-Control", "max-age=600"), ("Content-Location", "http://h/") };
        using var fixture = new CacheFixture(options => options.Store.Post = true);
        fixture.Origin.Then(200, "posted", fields);
        await fixture.SendAsync(CacheFixture.Request("POST", "http://h/"));
        (await fixture.GetAsync()).Body.Should().Be("posted");

        fixture.Origin.ThenAsync(async (_, _) =>
        {
            await fixture.Cache.InvalidateAsync(new Uri("http://h/"));
            return ScriptedOrigin.Response(200, "too late", fields);
        });
        await fixture.SendAsync(CacheFixture.Request("POST", "http://h/"));
        fixture.Origin.Then(200, "new");

        (await fixture.GetAsync()).Body.Should().Be("new");
    }

    private sealed class HangingTags(MemoryHttpCacheStore memory) : PassingStore(memory), IHttpCacheStoreMaintenance, IDisposable
    {
        private readonly TaskCompletionSource _called = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _letGo = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task WhenCalled => _called.Task.WaitAsync(TimeSpan.FromSeconds(60));

        public void LetGo() => _letGo.TrySetResult();

        public async ValueTask<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken)
        {
            _called.TrySetResult();
            await _letGo.Task;
            return await memory.RemoveByTagAsync(tag, cancellationToken);
        }

        public ValueTask<long> RemoveByPrefixAsync(string uriPrefix, CancellationToken cancellationToken) => memory.RemoveByPrefixAsync(uriPrefix, cancellationToken);

        public ValueTask ClearAsync(CancellationToken cancellationToken) => memory.ClearAsync(cancellationToken);

        public IAsyncEnumerable<ListedResponse> EnumerateAsync(CancellationToken cancellationToken) =>
            memory.EnumerateAsync(cancellationToken);

        public void Dispose() => LetGo();
    }
}
