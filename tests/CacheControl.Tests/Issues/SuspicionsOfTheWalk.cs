using HttpCaching.StoreContract;
using HttpCaching.Tests.Collapsing;
using HttpCaching.Tests.Control;
using HttpCaching.Tests.Storage;

namespace HttpCaching.Tests.Issues;

/// <summary>What a reader of the walk suspected. Each is shown as it is now.</summary>
public sealed class SuspicionsOfTheWalk
{
    /// <summary>The soft timeout is for whole stored responses. A part that comes late is joined to none of them, and opens no body: that is no fault of the store.</summary>
    [Theory]
    [InlineData("bytes 0-4/10", "01234")]
    [InlineData("bytes 5-9/10", "56789")]
    [InlineData("bytes 0-9/10", "0123456789")]
    [InlineData("bytes 8-11/12", "89ab")]
    public async Task SoftTimeout_LateAnswerIsAPart_IsNoFaultOfTheStore(string range, string body)
    {
        using var fixture = new CacheFixture(options => options.SoftTimeout = TimeSpan.FromSeconds(1));
        using var gate = new SemaphoreSlim(0);
        fixture.Origin.Then(200, "0123456789", ("Cache-Control", "max-age=1"), ("ETag", "\"a\""));
        fixture.Origin.ThenAsync(async (_, _) =>
        {
            await gate.WaitAsync();
            return ScriptedOrigin.Response(206, body, ("Cache-Control", "max-age=600"), ("ETag", "\"a\""), ("Content-Range", range));
        });
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(5));

        var answer = fixture.GetAsync("http://h/", ("Range", "bytes=0-4"));
        while (fixture.Origin.Requests.Count < 2 && !answer.IsCompleted)
        {
            await Task.Yield();
        }

        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        (await answer.WaitAsync(TimeSpan.FromMinutes(1))).Body.Should().Be("01234");
        gate.Release();
        await fixture.Cache.Controller.Background.WhenIdleAsync();

        fixture.Log.Messages.Should().NotContain(m => m.Contains("The store failed", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Spec", "SRE-13")]
    public async Task Cancel_WhileTheStoreIsReadAfterAPost_ReleasesTheResponse()
    {
        using var store = new FaultyStore(new MemoryHttpCacheStore());
        using var fixture = new CollapseFixture(options => options.Store.Post = true, store);
        using var patience = new CancellationTokenSource();
        var posting = fixture.Client.SendAsync(CacheFixture.Request("POST", "http://h/"), HttpCompletionOption.ResponseHeadersRead, patience.Token);
        var request = await fixture.Origin.NextAsync();
        store.Inject(StoreCall.Read, StoreFault.Hang);
        var reads = store.CallsOf(StoreCall.Read);
        var content = request.AnswerSlowly(4, ("Cache-Control", "max-age=60"), ("Content-Location", "http://h/"));

        // Cancelled before, the origin's response would not have come to the cache at all.
        while (store.CallsOf(StoreCall.Read) == reads)
        {
            await Task.Delay(1);
        }

        await patience.CancelAsync();

        await posting.Invoking(t => t).Should().ThrowAsync<OperationCanceledException>();
        await content.WhenDisposed.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    [Trait("Spec", "SRE-2")]
    public async Task Read_EndsInTheMomentOfItsLimit_SnapshotIsReleased()
    {
        using var memory = new MemoryHttpCacheStore();
        var store = new LateStore(memory);
        using var fixture = new CacheFixture(store: store);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x");
        var getting = fixture.GetAsync();

        // The timer of the limit is due first, and on its stack the read ends.
        fixture.Time.Advance(new HttpCacheOptions().Store.Timeout);
        store.End();

        (await getting).Body.Should().Be("x");
        await store.WhenReleased.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    [Trait("Spec", "STL-9")]
    public async Task SoftTimeout_CallerDisposesItsContent_TheLateQueryIsWhole()
    {
        using var fixture = new CacheFixture(options =>
        {
            options.SoftTimeout = TimeSpan.FromSeconds(1);
            options.Extensions.CacheQuery = true;
        });
        using var gate = new SemaphoreSlim(0);
        var sent = string.Empty;
        fixture.Origin.Then(200, "old", ("Cache-Control", "max-age=1"), ("ETag", "\"a\""));
        fixture.Origin.ThenAsync(async (request, _) =>
        {
            await gate.WaitAsync();
            sent = await request.Content!.ReadAsStringAsync();
            return ScriptedOrigin.Response(200, "new", ("Cache-Control", "max-age=600"));
        });
        await fixture.SendAsync(Query());
        fixture.Time.Advance(TimeSpan.FromSeconds(5));
        using (var request = Query())
        {
            var answer = fixture.SendAsync(request);
            while (fixture.Origin.Requests.Count < 2)
            {
                await Task.Yield();
            }

            fixture.Time.Advance(TimeSpan.FromSeconds(1));
            (await answer).Body.Should().Be("old");
        }

        gate.Release();
        await fixture.Cache.Controller.Background.WhenIdleAsync();

        sent.Should().Be("{\"a\":1}");
        (await fixture.SendAsync(Query())).Body.Should().Be("new");
    }

    [Fact]
    [Trait("Spec", "SRE-2")]
    public async Task Invalidation_OwedOfAnotherUri_HitsStayAtOnce()
    {
        using var memory = new MemoryHttpCacheStore();
        using var fixture = new CollapseFixture(store: new BrokenInvalidations(memory));
        fixture.Origin.AtOnce = request => ScriptedOrigin.Response(200, "x", CollapseFixture.Fresh);
        await CollapseFixture.BodiesOf([fixture.Get()]);
        await fixture.Client.SendAsync(CacheFixture.Request("PUT", "http://h/never-read-again"));

        var hit = fixture.Get();

        hit.IsCompletedSuccessfully.Should().BeTrue();
        (await hit).GetCacheStatus()!.Hit.Should().BeTrue();
        fixture.Origin.Count.Should().Be(2);
    }

    private static HttpRequestMessage Query() => new(new HttpMethod("QUERY"), "http://h/") { Content = new StringContent("{\"a\":1}", null, "application/json") };

    private sealed class BrokenInvalidations(MemoryHttpCacheStore memory) : PassingStore(memory)
    {
        public override ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken) => throw new IOException("no");
    }

    private sealed class LateStore(MemoryHttpCacheStore memory) : PassingStore(memory)
    {
        private readonly TaskCompletionSource<HttpCacheSnapshot> _read = new();
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task WhenReleased => _released.Task;

        public void End() => _read.TrySetResult(new Snapshot(_released));

        public override ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken) => new(_read.Task);

        private sealed class Snapshot(TaskCompletionSource released) : HttpCacheSnapshot
        {
            public override System.Collections.Immutable.ImmutableArray<StoredResponse> Responses => [];

            public override long Stamp => 0;

            public override ValueTask<StoredBody> OpenBodyAsync(StoredResponse response, CancellationToken cancellationToken) => throw new IOException();

            protected override void Dispose(bool disposing) => released.TrySetResult();
        }
    }
}
