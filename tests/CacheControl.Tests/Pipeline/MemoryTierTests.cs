using HttpCaching.Tests.Collapsing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpCaching.Tests.Pipeline;

public sealed class MemoryTierTests : IDisposable
{
    private readonly Storage.Files.TemporaryDirectory _directory = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WithMemoryTier_WheneverItIsCalled_StandsInFrontOfTheChosenStore(bool first)
    {
        await using var site = await PipelineSite.StartAsync();
        var services = new ServiceCollection();
        var caching = services.AddHttpCaching();
        if (first)
        {
            caching.WithMemoryTier(1_000_000).UseFileSystem(_directory.Path);
        }
        else
        {
            caching.UseFileSystem(_directory.Path).WithMemoryTier(1_000_000);
        }

        services.AddHttpClient("own").AddHttpCaching();
        services.AddHttpClient("habit").AddHttpMessageHandler<CachingHandler>();
        await using var provider = services.BuildServiceProvider();
        foreach (var name in new[] { "own", "habit" })
        {
            var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient(name);
            for (var i = 0; i < 3; i++)
            {
                (await client.GetStringAsync(new Uri(site.Address, "/page"))).Should().Be(PipelineSite.Text);
            }
        }

        site.Requests.Should().HaveCount(2, "each of the two caches keeps its own");
        var back = provider.GetRequiredService<IHttpCacheStore>().Should().BeOfType<FileHttpCacheStore>("the registered store is the one behind").Subject;
        (await back.EnumerateAsync(default).CountAsync()).Should().Be(2);
        var tier = provider.GetRequiredService<DependencyInjection.MemoryTier>();
        tier.Store.Back.Should().BeSameAs(back);

        // What others do to the store behind shows at the latest after a second; what goes through the cache at once.
        await provider.GetRequiredService<IHttpCache>().ClearAsync();
        (await back.EnumerateAsync(default).CountAsync()).Should().Be(0);
    }

    [Fact]
    public async Task Dispose_OfTheProvider_DisposesBothStores()
    {
        var back = new DisposableStore();
        var services = new ServiceCollection();
        services.AddHttpCaching().WithMemoryTier(1_000_000);
        services.AddSingleton<IHttpCacheStore>(_ => back);
        MemoryHttpCacheStore? unused = null;
        await using (var provider = services.BuildServiceProvider())
        {
            provider.GetRequiredService<HttpCache>();
            unused = provider.GetService<MemoryHttpCacheStore>();
        }

        unused.Should().BeNull();
        back.WasDisposed.Should().BeTrue();
        back.SubscriptionsAtDisposal.Should().Be(0, "the tier goes first");
    }

    [Fact]
    public void WithMemoryTier_StoreIsInMemoryAlready_SaysSo()
    {
        var services = new ServiceCollection();
        services.AddHttpCaching().WithMemoryTier(1_000_000);
        using var provider = services.BuildServiceProvider();

        provider.Invoking(p => p.GetRequiredService<HttpCache>()).Should().Throw<InvalidOperationException>().WithMessage("*WithMemoryTier*UseFileSystem*");
    }

    [Fact]
    public void WithMemoryTier_NoBytes_IsRefused()
    {
        var caching = new ServiceCollection().AddHttpCaching();

        caching.Invoking(c => c.WithMemoryTier(0)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WithOneFlight_RegisteredFlights_ReachAllCaches(bool first)
    {
        var hub = new FlightHub();
        var services = new ServiceCollection();
        if (!first)
        {
            services.AddSingleton<IHttpCacheFlights>(hub);
        }

        services.AddHttpCaching().WithOneFlight(TimeSpan.FromSeconds(3));
        if (first)
        {
            services.AddSingleton<IHttpCacheFlights>(hub);
        }

        using var provider = services.BuildServiceProvider();
        var options = provider.GetRequiredService<IOptionsMonitor<HttpCacheOptions>>();

        foreach (var name in new[] { string.Empty, "client" })
        {
            options.Get(name).Collapsing.Flights.Should().BeSameAs(hub);
            options.Get(name).Collapsing.MaximumFlightWait.Should().Be(TimeSpan.FromSeconds(3));
        }
    }

    [Fact]
    public void WithOneFlight_StoreThatKeepsNone_SaysSo()
    {
        var services = new ServiceCollection();
        services.AddHttpCaching().WithOneFlight();
        using var provider = services.BuildServiceProvider();

        provider.Invoking(p => p.GetRequiredService<HttpCache>()).Should().Throw<InvalidOperationException>().WithMessage("*WithOneFlight*MemoryHttpCacheStore*");
    }

    public void Dispose() => _directory.Dispose();

    private sealed class DisposableStore : IHttpCacheStore, IHttpCacheStoreChanges, IDisposable
    {
        private readonly MemoryHttpCacheStore _inner = new();
        private int _subscriptions;

        public bool WasDisposed { get; private set; }

        public int SubscriptionsAtDisposal { get; private set; } = -1;

        public IDisposable Subscribe(IHttpCacheStoreChangesObserver observer)
        {
            _subscriptions++;
            return new Subscription(() => _subscriptions--);
        }

        public ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken) => _inner.ReadAsync(key, cancellationToken);

        public ValueTask<HttpCacheWriter?> BeginWriteAsync(CacheKey key, long? expectedLength, CancellationToken cancellationToken) => _inner.BeginWriteAsync(key, expectedLength, cancellationToken);

        public ValueTask<bool> ReplaceHeadAsync(CacheKey key, long generation, StoredResponse head, long stamp, TimeSpan retention, CancellationToken cancellationToken) => _inner.ReplaceHeadAsync(key, generation, head, stamp, retention, cancellationToken);

        public ValueTask RemoveAsync(CacheKey key, long generation, CancellationToken cancellationToken) => _inner.RemoveAsync(key, generation, cancellationToken);

        public ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken) => _inner.InvalidateAsync(uri, cancellationToken);

        public void Dispose() => (WasDisposed, SubscriptionsAtDisposal) = (true, _subscriptions);

        private sealed class Subscription(Action end) : IDisposable
        {
            public void Dispose() => end();
        }
    }
}
