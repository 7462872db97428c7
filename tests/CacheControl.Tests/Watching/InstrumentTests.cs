using System.Diagnostics.Metrics;
using HttpCaching.Tests.Collapsing;
using HttpCaching.Tests.Control;
using HttpCaching.Tests.Storage;
using HttpCaching.Tests.Storage.Files;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Watching;

[Trait("Spec", "OBS-2")]
public sealed class InstrumentTests
{
    private static readonly (string, string) Fresh = ("Cache-Control", "max-age=60");

    [Fact]
    public async Task EveryInstrument_IsMeasured_WithTheNameOfTheClient()
    {
        using var meters = new Measured();
        using var store = new MemoryHttpCacheStore();
        using var blocks = new BlockingObserver();
        using var scene = new Scene(meters, "api", store, new FlightHub(), blocks);
        using var broken = new Scene(meters, "broken", new BrokenStore(), null);

        var both = new[] { scene.Client.GetAsync("http://h/"), scene.Client.GetAsync("http://h/") };
        (await scene.Origin.NextAsync()).Answer(200, "0123456789", Fresh, ("Content-Length", "10"));
        await Task.WhenAll(both);
        (await scene.Client.GetAsync("http://h/")).GetCacheStatus()!.Hit.Should().BeTrue();
        await blocks.Entered.WaitAsync(TimeSpan.FromMinutes(1));
        for (var i = 0; i < 1100; i++)
        {
            using var hit = scene.Client.Send(new HttpRequestMessage(HttpMethod.Get, "http://h/"));
        }

        var missed = broken.Client.GetAsync("http://h/");
        (await broken.Origin.NextAsync()).Answer(200, "01", Fresh);
        await missed;
        scene.Time.Advance(TimeSpan.FromMinutes(2));
        using var stale = await scene.Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "http://h/").WithStaleWhileRevalidate(TimeSpan.FromHours(1)));
        (await scene.Origin.NextAsync()).Answer(200, "0123456789", Fresh);
        await scene.WhenIdleAsync();
        meters.Collect();

        meters.Values.Keys.Select(key => key.Split(' ')[0]).Distinct().Should().BeEquivalentTo(meters.Instruments.Keys, "each instrument measures");
        meters.Values.Keys.Should().OnlyContain(key => TagsOf(key).All(InstrumentTags.Of(key.Split(' ', 2)[0]).Append("client").Contains), "the page names the tags");
        meters.Values.Keys.Should().OnlyContain(key => key.Contains(" client=api") || key.Contains(" client=broken"));
        meters.Values.Should().Contain(new Dictionary<string, double>
        {
            ["cachecontrol.requests outcome=hit reason=Fresh client=api"] = 1101,
            ["cachecontrol.requests outcome=fwd reason=StoreUnavailable client=broken fwd=miss stored=False not_stored=store-unavailable"] = 1,
            ["cachecontrol.storing outcome=stored client=api"] = 2,
            ["cachecontrol.storing outcome=store-unavailable client=broken"] = 1,
            ["cachecontrol.background outcome=done client=api"] = 1,
            ["cachecontrol.body.bytes source=cache client=api"] = 11020,
            ["cachecontrol.body.bytes source=origin client=api"] = 10,
            ["cachecontrol.body.bytes source=collapsed client=api"] = 10,
            ["cachecontrol.collapsed outcome=shared client=api"] = 1,
            ["cachecontrol.flights outcome=led client=api"] = 1,
            ["cachecontrol.store.faults operation=read client=broken"] = 1,
            ["cachecontrol.store.entries client=api"] = 1,
            ["cachecontrol.store.size client=api"] = store.Bytes,
            ["cachecontrol.store.limit client=api"] = store.GetUsage().MaximumBytes,
            ["cachecontrol.store.evictions client=api"] = 0,
            ["cachecontrol.store.circuit client=api"] = 0,
            ["cachecontrol.store.circuit client=broken"] = 0,
            ["cachecontrol.flights.active client=api"] = 0,
        });
        meters.Values.Keys.Should().Contain(key => key.StartsWith("cachecontrol.store.duration operation=commit client=api"));
        meters.Values["cachecontrol.observer.dropped client=api"].Should().BePositive();
    }

    [Fact]
    public async Task Gauges_OfFlightsAndTheCircuit_ShowWhatIsNow()
    {
        using var meters = new Measured();
        using var scene = new Scene(meters, null, new MemoryHttpCacheStore(), null);
        using var broken = new Scene(meters, "broken", new BrokenStore(), null);

        var response = scene.Client.GetAsync("http://h/");
        var gate = await scene.Origin.NextAsync();
        meters.Collect();
        meters.Values["cachecontrol.flights.active"].Should().Be(1);
        gate.Answer(200, "a", Fresh);
        await response;
        for (var i = 0; i < 5; i++)
        {
            var missed = broken.Client.GetAsync("http://h/");
            (await broken.Origin.NextAsync()).Answer(200, "01", Fresh);
            await missed;
        }

        meters.Collect();

        meters.Values["cachecontrol.flights.active"].Should().Be(0);
        meters.Values["cachecontrol.store.circuit client=broken"].Should().Be(1);
        meters.Values["cachecontrol.store.circuit"].Should().Be(0);
    }

    [Theory]
    [InlineData("memory")]
    [InlineData("file")]
    [InlineData("sqlite")]
    public async Task GaugesOfTheStore_TellItsSizeAndItsEvictions(string kind)
    {
        using var directory = new TemporaryDirectory();
        using var meters = new Measured();
        var store = Stores.Open(kind, directory, 1_000_000);
        using var owned = (IDisposable)store;
        using var scene = new Scene(meters, null, store, null);
        List<StoreEviction> evicted = [];
        using var subscription = ((IHttpCacheStoreUsage)store).SubscribeToEvictions(evicted.Add);

        for (var i = 0; i < 40; i++)
        {
            var response = scene.Client.GetAsync($"http://h/{i}");
            (await scene.Origin.NextAsync()).Answer(200, new string('a', 50_000), Fresh);
            await response;
        }

        await Stores.MaintainAsync(store);
        meters.Collect();

        meters.Values["cachecontrol.store.limit"].Should().Be(1_000_000);
        meters.Values["cachecontrol.store.size"].Should().BeInRange(300_000, 1_000_000);
        meters.Values["cachecontrol.store.entries"].Should().BeInRange(5, 20);
        meters.Values["cachecontrol.store.evictions"].Should().Be(40 - meters.Values["cachecontrol.store.entries"]).And.Be(evicted.Count);
        evicted.Should().OnlyContain(eviction => eviction.Uri!.StartsWith("http://h/") && eviction.Bytes >= 50_000 && eviction.Bytes < 70_000);
    }

    [Fact]
    public async Task GaugesOfATieredStore_TellOfBothTiers()
    {
        using var directory = new TemporaryDirectory();
        using var meters = new Measured();
        using var front = new MemoryHttpCacheStore();
        using var back = new FileHttpCacheStore(directory.Path);
        using var store = new TieredHttpCacheStore(front, back);
        using var scene = new Scene(meters, "api", store, null);

        for (var i = 0; i < 2; i++)
        {
            var response = scene.Client.GetAsync("http://h/");
            if (i == 0)
            {
                (await scene.Origin.NextAsync()).Answer(200, "a", Fresh);
            }

            await response;
        }

        meters.Collect();

        meters.Values["cachecontrol.store.entries client=api tier=front"].Should().Be(1);
        meters.Values["cachecontrol.store.entries client=api tier=back"].Should().Be(1);
    }

    [Fact]
    public void Gauges_OfADisposedCache_TellNothing_ThoughTheMeterLives()
    {
        using var meters = new Measured();
        new Scene(meters, "gone", new MemoryHttpCacheStore(), null).Dispose();

        meters.Collect();

        meters.Values.Should().BeEmpty();
    }

    [Fact]
    public void Gauges_OfAStoreThatFails_TellNothing_AndTheOthersDo()
    {
        using var meters = new Measured();
        var store = new MemoryHttpCacheStore();
        using var scene = new Scene(meters, null, new UnknownSize(store), null);

        meters.Invoking(all => all.Collect()).Should().NotThrow();

        meters.Values.Keys.Should().BeEquivalentTo("cachecontrol.store.circuit", "cachecontrol.flights.active");
        scene.Log.Messages.Should().ContainSingle(message => message.Contains("its size or its evictions are not told"));
    }

    [Fact]
    public void DurationOfTheStore_HasBoundariesFromMicrosecondsToSeconds()
    {
        using var meters = new Measured();
        using var scene = new Scene(meters, null, new MemoryHttpCacheStore(), null);

        var advice = ((Histogram<double>)meters.Instruments["cachecontrol.store.duration"]).Advice!.HistogramBucketBoundaries!;

        advice[0].Should().Be(1e-6);
        advice[^1].Should().Be(10);
        advice.Should().BeInAscendingOrder();
        advice.Zip(advice.Skip(1)).Should().OnlyContain(pair => pair.Second / pair.First <= 2.51, "a quantile is right to a factor");
    }

    // A value may have a space in it: begin write.
    private static IEnumerable<string> TagsOf(string key) => key.Split(' ').Skip(1).Where(part => part.Contains('=')).Select(part => part.Split('=')[0]);

    private sealed class Scene : IDisposable
    {
        private readonly HttpCache _cache;

        public Scene(IMeterFactory meters, string? name, IHttpCacheStore store, IHttpCacheFlights? flights, params IHttpCacheObserver[] observers)
        {
            var options = new HttpCacheOptions();
            options.Collapsing.Flights = flights;
            _cache = new HttpCache(store, options, Time, Log, meters, name, observers);
            Client = new HttpClient(new CachingHandler(_cache) { InnerHandler = Origin });
        }

        public GatedOrigin Origin { get; } = new();

        public FakeTimeProvider Time { get; } = new(CacheFixture.Start);

        public EventLog Log { get; } = new();

        public Task WhenIdleAsync() => _cache.Controller.Background.WhenIdleAsync();

        public HttpClient Client { get; }

        public void Dispose()
        {
            Client.Dispose();
            _cache.Dispose();
        }
    }

    private sealed class UnknownSize(MemoryHttpCacheStore inner) : PassingStore(inner), IHttpCacheStoreUsage
    {
        public HttpCacheStoreUsage GetUsage() => throw new IOException("no disk");

        public IDisposable SubscribeToEvictions(Action<StoreEviction> evicted) => throw new IOException("no disk");
    }
}
