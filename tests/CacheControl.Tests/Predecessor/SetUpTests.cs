using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Predecessor;

/// <summary>What setting the cache up means: Python's <c>CacheControl(session)</c> and its adapter.</summary>
public sealed class SetUpTests
{
    private static readonly (string, string) Fresh = ("Cache-Control", "max-age=60");

    [Fact]
    [Trait("Predecessor", "K4")]
    public async Task Handler_WithoutAStore_HasAMemoryOfItsOwn()
    {
        var origin = new ScriptedOrigin { Otherwise = _ => ScriptedOrigin.Response(200, "x", Fresh) };
        using var one = new HttpClient(new CachingHandler { InnerHandler = origin });
        using var other = new HttpClient(new CachingHandler { InnerHandler = origin });

        await one.GetStringAsync("http://h/");
        await one.GetStringAsync("http://h/");
        origin.Requests.Should().HaveCount(1);
        await other.GetStringAsync("http://h/");

        origin.Requests.Should().HaveCount(2);
    }

    [Fact]
    [Trait("Predecessor", "K5")]
    public async Task Dispose_OfTheClient_DisposesTheTransportAndLeavesAGivenStore()
    {
        using var store = new MemoryHttpCacheStore();
        var origin = new DisposableOrigin();
        var client = new HttpClient(new CachingHandler(store) { InnerHandler = origin });
        await client.GetStringAsync("http://h/");

        client.Dispose();

        origin.IsDisposed.Should().BeTrue();
        using var next = new HttpClient(new CachingHandler(store) { InnerHandler = new DisposableOrigin() });
        using var response = await next.GetAsync("http://h/");
        response.GetCacheStatus()!.Hit.Should().BeTrue("the store is its maker's to dispose");
    }

    [Fact]
    [Trait("Predecessor", "K7")]
    public async Task Status_TellsTheCacheFromTheNetwork()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "x", Fresh);

        (await fixture.GetAsync()).Cache.FromCache.Should().BeFalse();
        (await fixture.GetAsync()).Cache.FromCache.Should().BeTrue();
    }

    [Fact]
    [Trait("Predecessor", "B69")]
    public async Task Users_WithTheirOwnCredentials_DoNotShareABody()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "alice's", Fresh).Then(200, "bob's", Fresh).Then(200, "anybody's", Fresh);

        var alice = await fixture.GetAsync("http://h/", ("Authorization", "Bearer alice"));
        var bob = await fixture.GetAsync("http://h/", ("Authorization", "Bearer bob"));
        var anybody = await fixture.GetAsync();
        var again = await fixture.GetAsync("http://h/", ("Authorization", "Bearer alice"));

        new[] { alice.Body, bob.Body, anybody.Body, again.Body }.Should().Equal("alice's", "bob's", "anybody's", "alice's");
        again.Cache.Hit.Should().BeTrue();
    }

    [Fact]
    [Trait("Predecessor", "K59")]
    public async Task Memory_IsBounded()
    {
        using var store = new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { MaximumBytes = 100_000 });
        using var fixture = new CacheFixture(store: store);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, new string('x', 5_000), Fresh);

        for (var i = 0; i < 100; i++)
        {
            await fixture.GetAsync($"http://h/{i}");
        }

        var kept = 0;
        await foreach (var _ in store.EnumerateAsync(CancellationToken.None))
        {
            kept++;
        }

        kept.Should().BeInRange(1, 20);
    }

    private sealed class DisposableOrigin : HttpMessageHandler
    {
        public bool IsDisposed { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(ScriptedOrigin.Response(200, "x", Fresh));

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
