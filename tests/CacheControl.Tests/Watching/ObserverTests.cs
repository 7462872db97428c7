using HttpCaching.Tests.Collapsing;
using HttpCaching.Tests.Control;
using HttpCaching.Tests.Storage.Files;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Watching;

[Trait("Spec", "OBS-3")]
public sealed class ObserverTests
{
    private static readonly (string, string) Fresh = ("Cache-Control", "max-age=60");
    private static readonly (string, string) Tag = ("ETag", "\"a\"");

    [Fact]
    public async Task Events_OfAWalk_AreToldInTheirOrder()
    {
        var observer = new Notes();
        using var scene = new Scene([observer], name: "api");
        scene.Origin.Then(200, "0123456789", Fresh, Tag).Then(304, null, Fresh, Tag).Then(200, "x", ("Cache-Control", "no-store")).Then(204, null);

        await scene.GetAsync("https://h/p?q=1");
        await scene.GetAsync("https://h/p?q=1");
        scene.Time.Advance(TimeSpan.FromSeconds(61));
        await scene.GetAsync("https://h/p?q=1");
        await scene.GetAsync("https://h/other");
        await scene.SendAsync("POST", "https://h/p?q=1");
        scene.Dispose();

        observer.Events.Select(e => e.Kind).Should().Equal(
            HttpCacheEventKinds.Stored, HttpCacheEventKinds.Hit, HttpCacheEventKinds.Validated, HttpCacheEventKinds.NotStored, HttpCacheEventKinds.Invalidated, HttpCacheEventKinds.NotStored);
        observer.Events.Should().OnlyContain(e => e.Client == "api");
        observer.Events[0].Should().Be(new HttpCacheStored("GET", "https://h/p?q=1", 10) { Client = "api", Time = CacheFixture.Start });
        observer.Events[1].Should().BeOfType<HttpCacheHit>().Which.Status.Reason.Should().Be(CacheReason.Fresh);
        observer.Events[2].Should().BeOfType<HttpCacheValidated>().Which.Status.ForwardStatus.Should().Be(304);
        observer.Events[2].Time.Should().Be(CacheFixture.Start.AddSeconds(61));
        observer.Events[3].Should().BeOfType<HttpCacheNotStored>().Which.Reason.Should().Be(NotStoredReason.NoStore);
        observer.Events[4].Should().BeOfType<HttpCacheInvalidated>().Which.Should().BeEquivalentTo(new { Scope = HttpCacheInvalidationScope.Uri, Value = "https://h/p?q=1" });
    }

    [Fact]
    public async Task NotStored_BodyLeftUnread_IsTold()
    {
        var observer = new Notes();
        using var scene = new Scene([observer]);
        scene.Origin.Then(200, "0123456789", Fresh);

        (await scene.Client.GetAsync("http://h/", HttpCompletionOption.ResponseHeadersRead)).Dispose();
        scene.Dispose();

        observer.Events.Should().ContainSingle().Which.Should().BeOfType<HttpCacheNotStored>().Which.Reason.Should().Be(NotStoredReason.BodyNotRead);
    }

    [Fact]
    public async Task Removals_OfTheApplicationAndOfResponses_AreTold()
    {
        var observer = new Notes(HttpCacheEventKinds.Invalidated);
        using var scene = new Scene([observer], configure: options => options.Extensions.HonorClearSiteData = true);
        scene.Origin.Then(200, "x", Fresh, ("Clear-Site-Data", "\"cache\""));
        var cache = scene.Cache;

        await cache.InvalidateAsync(new Uri("http://h/a"));
        await cache.RemoveOriginAsync(new Uri("http://h/a"));
        await cache.RemoveByTagAsync("t");
        await cache.RemoveAsync(new CachedResponseFilter { Tag = "t" }, preview: true);
        await cache.RemoveAsync(new CachedResponseFilter { Tag = "t" });
        await cache.ClearAsync();
        await scene.GetAsync("https://h/");
        scene.Dispose();

        observer.Events.Cast<HttpCacheInvalidated>().Select(e => $"{e.Scope} {e.Value}").Should().Equal(
            "Uri http://h/a", "Prefix http://h/", "Tag t", "Filter ", "Everything ", "Prefix https://h/");
    }

    [Fact]
    public async Task BackgroundValidation_IsTold()
    {
        var observer = new Notes(HttpCacheEventKinds.Validated);
        using var scene = new Scene([observer]);
        scene.Origin.Then(200, "a", ("Cache-Control", "max-age=60, stale-while-revalidate=60"), Tag).Then(304, null, Fresh, Tag);
        await scene.GetAsync("http://h/");
        scene.Time.Advance(TimeSpan.FromSeconds(61));

        await scene.GetAsync("http://h/");
        await scene.Cache.Controller.Background.WhenIdleAsync();
        scene.Dispose();

        observer.Events.Should().ContainSingle();
    }

    [Fact]
    public async Task StoreFault_IsToldWithItsException()
    {
        var observer = new Notes(HttpCacheEventKinds.StoreFault);
        using var scene = new Scene([observer], new BrokenStore());
        scene.Origin.Then(200, "a", Fresh).Then(200, "a", Fresh);

        await scene.GetAsync("http://h/");
        await scene.SendAsync("PUT", "http://h/");
        scene.Dispose();

        observer.Events.Cast<HttpCacheStoreFault>().Select(e => e.Operation).Should().StartWith(["read", "invalidate"]);
        observer.Events.Cast<HttpCacheStoreFault>().Should().OnlyContain(e => e.Exception is IOException);
    }

    [Theory]
    [InlineData("memory")]
    [InlineData("file")]
    [InlineData("sqlite")]
    public async Task Evictions_OfStoresThatTellThem_AreTold(string kind)
    {
        using var directory = new TemporaryDirectory();
        var store = Stores.Open(kind, directory, 1_000_000);
        using var owned = (IDisposable)store;
        var observer = new Notes(HttpCacheEventKinds.Evicted);
        using var scene = new Scene([observer], store);
        scene.Origin.Otherwise = _ => ScriptedOrigin.Response(200, new string('a', 50_000), Fresh);

        for (var i = 0; i < 40; i++)
        {
            await scene.GetAsync($"http://h/{i}");
        }

        await Stores.MaintainAsync(store);
        scene.Dispose();

        observer.Events.Should().HaveCountGreaterThan(20);
        observer.Events.Cast<HttpCacheEvicted>().Should().OnlyContain(e => e.Uri!.StartsWith("http://h/") && e.Bytes >= 50_000 && e.Tier == null);
        observer.Events.Cast<HttpCacheEvicted>().Select(e => e.Uri).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task Evictions_OfTiers_AreToldWithTheTier_AndNoMoreAfterTheCacheIsGone()
    {
        using var front = new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { MaximumBytes = 200_000, MaximumEntryBytes = 100_000 });
        using var back = new MemoryHttpCacheStore();
        using var store = new TieredHttpCacheStore(front, back);
        var observer = new Notes(HttpCacheEventKinds.Evicted);
        using var scene = new Scene([observer], store);
        scene.Origin.Otherwise = _ => ScriptedOrigin.Response(200, new string('a', 50_000), Fresh);

        for (var i = 0; i < 20; i++)
        {
            await scene.GetAsync($"http://h/{i % 10}");
        }

        scene.Dispose();
        var told = observer.Events.Count;
        using var next = new Scene([], store);
        next.Origin.Otherwise = scene.Origin.Otherwise;
        for (var i = 0; i < 20; i++)
        {
            await next.GetAsync($"http://h/{i % 10}");
        }

        told.Should().BeGreaterThan(0);
        observer.Events.Should().HaveCount(told).And.OnlyContain(e => ((HttpCacheEvicted)e).Tier == "front");
    }

    [Fact]
    public async Task ObserverThatThrows_HarmsNoRequestAndNoOtherObserver_AndIsLoggedOnce()
    {
        var (first, second, other) = (new Throws(), new Throws(), new Notes());
        using var scene = new Scene([first, second, new ThrowsAtOnce(), other]);
        scene.Origin.Then(200, "a", Fresh);

        for (var i = 0; i < 5; i++)
        {
            (await scene.GetAsync("http://h/")).Should().Be("a");
        }

        scene.Dispose();

        other.Events.Should().HaveCount(5);
        (first.Calls, second.Calls).Should().Be((5, 5), "one that has thrown is told the next events all the same");
        scene.Log.Messages.Where(message => message.Contains(nameof(Throws) + " of the application threw")).Should().HaveCount(2, "once for each observer");
        scene.Log.Messages.Should().ContainSingle(message => message.Contains(nameof(ThrowsAtOnce)));
    }

    [Fact]
    public async Task ObserverThatBlocks_HoldsUpNoRequest_AndTheOldestEventsAreDroppedAndCounted()
    {
        using var meters = new Measured();
        using var blocks = new BlockingObserver();
        var other = new Notes();
        using var scene = new Scene([blocks, other], meters: meters, name: "api");
        scene.Origin.Then(200, "a", Fresh);

        await scene.GetAsync("http://h/");
        await blocks.Entered.WaitAsync(TimeSpan.FromMinutes(1));
        for (var i = 0; i < 1500; i++)
        {
            using var response = scene.Client.Send(new HttpRequestMessage(HttpMethod.Get, "http://h/"));
            response.GetCacheStatus()!.Hit.Should().BeTrue();
        }

        meters.Values["cachecontrol.observer.dropped client=api"].Should().BeGreaterThanOrEqualTo(500);
        scene.Log.Messages.Should().ContainSingle(message => message.Contains(nameof(BlockingObserver)));
        blocks.Release();
        scene.Dispose();
        await scene.Cache.WhenObserversToldAsync().WaitAsync(TimeSpan.FromMinutes(1));
        blocks.Calls.Should().Be(1001, "the one that blocked, and the newest");
        other.Events.Count.Should().BeGreaterThanOrEqualTo(1001);
    }

    [Fact]
    public async Task CacheOfAnObserverThatBlocks_CanBeDisposed()
    {
        using var blocks = new BlockingObserver();
        var scene = new Scene([blocks]);
        scene.Origin.Then(200, "a", Fresh);
        await scene.GetAsync("http://h/");
        await blocks.Entered.WaitAsync(TimeSpan.FromMinutes(1));

        scene.Invoking(s => s.Dispose()).Should().NotThrow();

        blocks.Release();
    }

    [Fact]
    public async Task Observer_IsTold_OutsideTheContextOfTheCaller()
    {
        var ambient = new AsyncLocal<string?>();
        var observer = new Notes(seen: () => ambient.Value);
        ambient.Value = "caller";
        using var scene = new Scene([observer]);
        scene.Origin.Then(200, "a", Fresh);

        await scene.GetAsync("http://h/");
        scene.Dispose();

        observer.Seen.Should().Equal([null]);
    }

    [Fact]
    public async Task RegisteredObservers_AreToldByEveryClientsCache_WithItsName()
    {
        var (first, second) = (new Notes(), new Notes());
        var services = new ServiceCollection();
        services.AddSingleton<IHttpCacheObserver>(first).AddSingleton<IHttpCacheObserver>(second);
        foreach (var name in new[] { "a", "b" })
        {
            services.AddHttpClient(name).ConfigurePrimaryHttpMessageHandler(() => new ScriptedOrigin { Otherwise = _ => ScriptedOrigin.Response(200, "a", Fresh) }).AddHttpCaching();
        }

        await using (var provider = services.BuildServiceProvider())
        {
            foreach (var name in new[] { "a", "b" })
            {
                await provider.GetRequiredService<IHttpClientFactory>().CreateClient(name).GetStringAsync("http://h/");
            }
        }

        first.Events.Select(e => e.Client).Should().BeEquivalentTo("a", "b");
        second.Events.Should().HaveCount(2);
    }

    private sealed class Scene : IDisposable
    {
        public Scene(
            IReadOnlyList<IHttpCacheObserver> observers,
            IHttpCacheStore? store = null,
            string? name = null,
            Measured? meters = null,
            Action<HttpCacheOptions>? configure = null)
        {
            var options = new HttpCacheOptions();
            configure?.Invoke(options);
            Cache = new HttpCache(store, options, Time, Log, meters, name, observers);
            Client = new HttpClient(new CachingHandler(Cache) { InnerHandler = Origin });
        }

        public ScriptedOrigin Origin { get; } = new();

        public FakeTimeProvider Time { get; } = new(CacheFixture.Start);

        public EventLog Log { get; } = new();

        public HttpCache Cache { get; }

        public HttpClient Client { get; }

        public Task<string> GetAsync(string uri) => Client.GetStringAsync(uri);

        public async Task SendAsync(string method, string uri) => (await Client.SendAsync(CacheFixture.Request(method, uri))).Dispose();

        /// <summary>Disposes the cache, after which the observers have been told.</summary>
        public void Dispose()
        {
            Client.Dispose();
            Cache.Dispose();
        }
    }

    private sealed class Notes(HttpCacheEventKinds kinds = HttpCacheEventKinds.All, Func<string?>? seen = null) : IHttpCacheObserver
    {
        public HttpCacheEventKinds Kinds => kinds;

        public List<HttpCacheEvent> Events { get; } = [];

        public List<string?> Seen { get; } = [];

        public void OnEvent(HttpCacheEvent cacheEvent)
        {
            lock (Events)
            {
                Events.Add(cacheEvent);
                Seen.Add(seen?.Invoke());
            }
        }
    }

    private sealed class Throws : IHttpCacheObserver
    {
        public int Calls { get; private set; }

        public void OnEvent(HttpCacheEvent cacheEvent)
        {
            Calls++;
            throw new InvalidOperationException("broken");
        }
    }

    private sealed class ThrowsAtOnce : IHttpCacheObserver
    {
        public HttpCacheEventKinds Kinds => throw new InvalidOperationException("broken");

        public void OnEvent(HttpCacheEvent cacheEvent)
        {
        }
    }
}
