using HttpCaching.Tests.Collapsing;
using HttpCaching.Tests.Http;
using HttpCaching.Tests.Pipeline;
using HttpCaching.Tests.Storage.Files;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace HttpCaching.Tests.Issues;

/// <summary>A store that is chosen on a client's builder is the client's alone; one that is chosen on the builder of the services is the default of all.</summary>
public sealed class StoresOfClients : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public static TheoryData<string, Type> Choices => new()
    {
        { "memory", typeof(MemoryHttpCacheStore) },
        { "files", typeof(FileHttpCacheStore) },
        { "protected files", typeof(FileHttpCacheStore) },
        { "sqlite", typeof(SqliteHttpCacheStore) },
        { "redis", typeof(RedisHttpCacheStore) },
        { "distributed", typeof(DistributedHttpCacheStore) },
        { "keyed distributed", typeof(DistributedHttpCacheStore) },
        { "own", typeof(MemoryHttpCacheStore) },
    };

    [Theory]
    [MemberData(nameof(Choices))]
    [Trait("Spec", "DI-1")]
    public void Use_OnAClient_IsTheClientsAndLeavesTheDefault(string choice, Type type)
    {
        var services = Services();
        Choose(services.AddHttpClient("a").AddHttpCaching(), choice);
        services.AddHttpClient("b").AddHttpCaching();
        using var provider = services.BuildServiceProvider();

        var own = provider.GetRequiredKeyedService<IHttpCacheStore>("a");
        own.Should().BeOfType(type).And.NotBeSameAs(provider.GetRequiredService<IHttpCacheStore>());
        provider.GetRequiredService<IHttpCacheStore>().Should().BeOfType<MemoryHttpCacheStore>();
        provider.GetKeyedService<IHttpCacheStore>("b").Should().BeNull();
        StoreOf(provider, "a").Should().BeSameAs(own);
        StoreOf(provider, "b").Should().BeSameAs(provider.GetRequiredService<IHttpCacheStore>());
    }

    [Theory]
    [MemberData(nameof(Choices))]
    [Trait("Spec", "DI-1")]
    public void Use_OnTheServices_IsTheDefaultOfAllClients(string choice, Type type)
    {
        var services = Services();
        services.AddHttpClient("a").AddHttpCaching();
        Choose(services.AddHttpCaching(), choice);
        using var provider = services.BuildServiceProvider();

        provider.GetServices<IHttpCacheStore>().Should().ContainSingle().Which.Should().BeOfType(type);
        StoreOf(provider, "a").Should().BeSameAs(provider.GetRequiredService<IHttpCacheStore>());
    }

    [Fact]
    [Trait("Spec", "DI-1")]
    public async Task UseFileSystem_OnAClient_KeepsTheClientsResponsesThere()
    {
        await using var site = await PipelineSite.StartAsync();
        var services = Services();
        services.AddHttpClient("a").AddHttpCaching().UseFileSystem(_directory.Path).AddHttpMessageHandler(() => new Below());
        services.AddHttpClient("b").AddHttpCaching();
        await using var provider = services.BuildServiceProvider();
        await GetAsync(provider, site, "a", "b", "a", "b");

        _directory.Files("*.b").Length.Should().BeLessThan(2);
        (await provider.GetRequiredKeyedService<IHttpCache>("a").ListAsync().CountAsync()).Should().Be(1);
        (await provider.GetRequiredKeyedService<IHttpCache>("b").ListAsync().CountAsync()).Should().Be(1);
        site.Requests.Should().HaveCount(2);

        await provider.GetRequiredService<IHttpCache>().ClearAsync();
        await GetAsync(provider, site, "a", "b");

        site.Requests.Should().HaveCount(3, "the default store was cleared, the client's own was not");
    }

    [Fact]
    [Trait("Spec", "DI-1")]
    public void ConfigureHttpClientDefaults_UseFileSystem_IsTheDefaultStore()
    {
        var services = Services();
        services.ConfigureHttpClientDefaults(builder => builder.AddHttpCaching().UseFileSystem(_directory.Path));
        using var provider = services.BuildServiceProvider();

        provider.GetRequiredService<IHttpCacheStore>().Should().BeOfType<FileHttpCacheStore>();
        StoreOf(provider, "any").Should().BeSameAs(provider.GetRequiredService<IHttpCacheStore>());
    }

    [Fact]
    [Trait("Spec", "DI-2")]
    public void Use_TwiceOnTheServices_IsAnErrorAtStartThatNamesBoth()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddHttpCaching().UseFileSystem("one place");
        builder.Services.AddHttpClient("a").AddHttpCaching();
        builder.Services.AddHttpCaching().UseRedis("redis-1:6379,redis-2,password=secret");
        using var host = builder.Build();

        var error = host.Invoking(h => h.Start()).Should().Throw<OptionsValidationException>().Which.Failures.Should().ContainSingle().Which;

        error.Should().Contain("UseFileSystem(\"one place\") and UseRedis(\"redis-1:6379,redis-2\")").And.NotContain("secret");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [Trait("Spec", "DI-2")]
    public void Use_TwiceWithoutAHost_IsAnErrorWhenTheCacheIsMade(string client)
    {
        var services = Services();
        services.AddHttpClient("a").AddHttpCaching().WithMemoryTier(1000);
        services.AddHttpCaching().UseMemory();
        services.AddSingleton<IHttpCacheStore>(new MemoryHttpCacheStore());
        using var provider = services.BuildServiceProvider();

        var make = () => client.Length == 0 ? provider.GetRequiredService<HttpCache>() : provider.GetRequiredKeyedService<HttpCache>(client);

        make.Should().Throw<OptionsValidationException>().WithMessage("*UseMemory() and IHttpCacheStore as MemoryHttpCacheStore*RemoveAll*");
    }

    [Fact]
    [Trait("Spec", "DI-2")]
    public void Use_TwiceOnAClient_IsAnErrorThatNamesBoth()
    {
        var services = Services();
        services.AddHttpClient("a").AddHttpCaching().UseMemory();
        services.AddHttpClient("a").AddHttpCaching().UseFileSystem(_directory.Path);
        services.AddHttpClient("b").AddHttpCaching().UseMemory();
        using var provider = services.BuildServiceProvider();

        provider.Invoking(p => p.GetRequiredKeyedService<HttpCache>("a")).Should().Throw<OptionsValidationException>()
            .WithMessage("Client 'a' has 2 stores of its own: UseMemory() and UseFileSystem(*");
        provider.GetRequiredKeyedService<HttpCache>("b").Should().NotBeNull();
    }

    [Fact]
    [Trait("Spec", "DI-2")]
    public void Use_AfterTheOtherWasRemoved_IsNoError()
    {
        var services = Services();
        services.AddHttpCaching().UseFileSystem(_directory.Path);
        services.RemoveAll<IHttpCacheStore>();
        services.AddHttpCaching().UseMemory();
        using var fake = new MemoryHttpCacheStore();
        services.Replace(ServiceDescriptor.Singleton<IHttpCacheStore>(fake));
        using var provider = services.BuildServiceProvider();

        provider.GetRequiredService<HttpCache>();
        provider.GetRequiredService<IHttpCacheStore>().Should().BeSameAs(fake);
    }

    [Fact]
    [Trait("Spec", "DI-1")]
    public async Task Dispose_EndsEachStoreOnceAndOnlyWithTheProvider()
    {
        await using var site = await PipelineSite.StartAsync();
        var (own, shared) = (new CountedStore(), new CountedStore());
        var services = Services();
        services.AddHttpClient("a").AddHttpCaching().UseStore("mine", _ => own).SetHandlerLifetime(TimeSpan.FromSeconds(1));
        services.AddHttpCaching().UseStore("everybody's", _ => shared);
        services.AddHttpClient("b").AddHttpCaching();
        await using (var provider = services.BuildServiceProvider())
        {
            await GetAsync(provider, site, "a", "b");
            provider.GetRequiredKeyedService<HttpCache>("a").Dispose();
            (own.Disposals, shared.Disposals).Should().Be((0, 0));
            await GetAsync(provider, site, "b");
        }

        (own.Disposals, shared.Disposals).Should().Be((1, 1));
        site.Requests.Should().HaveCount(2);
    }

    [Theory]
    [InlineData("files")]
    [InlineData("sqlite")]
    [Trait("Spec", "DI-1")]
    public async Task Use_TwoClientsWithOnePath_ShareTheSpaceAndNotTheResponses(string choice)
    {
        await using var site = await PipelineSite.StartAsync();
        var services = Services();
        Choose(services.AddHttpClient("a").AddHttpCaching(), choice);
        Choose(services.AddHttpClient("b").AddHttpCaching(), choice);
        await using var provider = services.BuildServiceProvider();

        await GetAsync(provider, site, "a", "b", "a", "b");

        site.Requests.Should().HaveCount(2);
        var (a, b) = (provider.GetRequiredKeyedService<IHttpCache>("a"), provider.GetRequiredKeyedService<IHttpCache>("b"));
        (await a.ListAsync().CountAsync(), await b.ListAsync().CountAsync()).Should().Be((2, 2));
        await a.InvalidateAsync(new Uri(site.Address, "/page"));
        await GetAsync(provider, site, "b");
        site.Requests.Should().HaveCount(3, "the directory is one store");
    }

    [Fact]
    [Trait("Spec", "DI-1")]
    public void WithMemoryTier_IsInFrontOfTheStoreItWasSaidOf()
    {
        var services = Services();
        services.AddHttpCaching().UseFileSystem(_directory.Path).WithMemoryTier(1_000_000);
        services.AddHttpClient("own").AddHttpCaching().UseMemory();
        services.AddHttpClient("own tier").AddHttpCaching().WithMemoryTier(2_000_000).UseFileSystem(_directory.Path + "2");
        services.AddHttpClient("tier of the default").AddHttpCaching().WithMemoryTier(3_000_000);
        services.AddHttpClient("default").AddHttpCaching();
        using var provider = services.BuildServiceProvider();
        var files = provider.GetRequiredService<IHttpCacheStore>();

        StoreOf(provider, "own").Should().BeOfType<MemoryHttpCacheStore>();
        StoreOf(provider, "own tier").Should().BeOfType<TieredHttpCacheStore>().Which.Back.Should().BeSameAs(provider.GetRequiredKeyedService<IHttpCacheStore>("own tier"));
        var third = StoreOf(provider, "tier of the default").Should().BeOfType<TieredHttpCacheStore>().Subject;
        var shared = StoreOf(provider, "default").Should().BeOfType<TieredHttpCacheStore>().Subject;
        (third.Back, shared.Back).Should().Be((files, files));
        third.Should().NotBeSameAs(shared);
    }

    [Fact]
    [Trait("Spec", "DI-1")]
    public void WithOneFlight_IsForTheClientsOfTheStoreItWasSaidOf()
    {
        var hub = new FlightHub();
        var services = Services();
        services.AddHttpCaching().WithOneFlight(TimeSpan.FromSeconds(3));
        services.AddSingleton<IHttpCacheFlights>(hub);
        services.AddHttpClient("own").AddHttpCaching().UseMemory();
        services.AddHttpClient("own flights").AddHttpCaching().UseRedis("localhost:1").WithOneFlight(TimeSpan.FromSeconds(4));
        services.AddHttpClient("default").AddHttpCaching();
        using var provider = services.BuildServiceProvider();
        var options = provider.GetRequiredService<IOptionsMonitor<HttpCacheOptions>>();

        options.Get("default").Collapsing.Flights.Should().BeSameAs(hub);
        options.Get("own").Collapsing.Flights.Should().BeNull();
        options.Get("own flights").Collapsing.Flights.Should().BeSameAs(provider.GetRequiredKeyedService<IHttpCacheStore>("own flights"));
        options.Get("own flights").Collapsing.MaximumFlightWait.Should().Be(TimeSpan.FromSeconds(4));
    }

    public void Dispose() => _directory.Dispose();

    private static ServiceCollection Services()
    {
        var services = new ServiceCollection();
        services.AddDistributedMemoryCache();
        services.AddKeyedSingleton("second", (provider, _) => provider.GetRequiredService<IDistributedCache>());
        return services;
    }

    private static IHttpCacheStore StoreOf(IServiceProvider provider, string client) => provider.GetRequiredKeyedService<HttpCache>(client).Store;

    private static async Task GetAsync(IServiceProvider provider, LoopbackServer site, params string[] clients)
    {
        foreach (var client in clients)
        {
            using var http = provider.GetRequiredService<IHttpClientFactory>().CreateClient(client);
            (await http.GetStringAsync(new Uri(site.Address, "/page"))).Should().Be(PipelineSite.Text);
        }
    }

    private TBuilder Choose<TBuilder>(TBuilder builder, string choice)
        where TBuilder : HttpCachingBuilder => choice switch
        {
            "memory" => builder.UseMemory(options => options.MaximumBytes = 1_000_000),
            "files" => builder.UseFileSystem(_directory.Path),
            "protected files" => builder.UseProtectedFileSystem(_directory.Path),
            "sqlite" => builder.UseSqlite(Path.Join(_directory.Parent, "a.db")),
            "redis" => builder.UseRedis("localhost:1"),
            "distributed" => builder.UseDistributedCache(),
            "keyed distributed" => builder.UseKeyedDistributedCache("second"),
            _ => builder.UseStore("my own", _ => new MemoryHttpCacheStore()),
        };

    private sealed class Below : DelegatingHandler;

    private sealed class CountedStore : IHttpCacheStore, IDisposable
    {
        private readonly MemoryHttpCacheStore _inner = new();

        public int Disposals { get; private set; }

        public ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken) => _inner.ReadAsync(key, cancellationToken);

        public ValueTask<HttpCacheWriter?> BeginWriteAsync(CacheKey key, long? length, CancellationToken cancellationToken) => _inner.BeginWriteAsync(key, length, cancellationToken);

        public ValueTask<bool> ReplaceHeadAsync(CacheKey key, long generation, StoredResponse head, long stamp, TimeSpan retention, CancellationToken cancellationToken) =>
            _inner.ReplaceHeadAsync(key, generation, head, stamp, retention, cancellationToken);

        public ValueTask RemoveAsync(CacheKey key, long generation, CancellationToken cancellationToken) => _inner.RemoveAsync(key, generation, cancellationToken);

        public ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken) => _inner.InvalidateAsync(uri, cancellationToken);

        public void Dispose() => Disposals++;
    }
}
