using HttpCaching.Tests.Control;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HttpCaching.Tests.Watching;

/// <summary>Observers that the container makes: with services of their own, or not at all.</summary>
[Trait("Spec", "OBS-3")]
public sealed class RegisteredObserverTests
{
    private static readonly (string, string) Fresh = ("Cache-Control", "max-age=60");

    [Theory]
    [InlineData(typeof(TakesKeyed))]
    [InlineData(typeof(TakesOther))]
    [InlineData(typeof(TakesTyped))]
    [InlineData(typeof(TakesShared))]
    public async Task Observer_ThatTakesACacheAsAService_IsMadeOnceAndTold(Type type)
    {
        foreach (var way in new[] { "client", "cache", "shared" })
        {
            var made = new Made();
            var services = Services().AddSingleton(made);
            services.AddSingleton(typeof(IHttpCacheObserver), type);

            await using (var provider = services.BuildServiceProvider())
            {
                await Task.Run(() => UseAsync(provider, way)).WaitAsync(TimeSpan.FromMinutes(1));
                made.Observers.Should().ContainSingle(way).Which.Cache.Should().BeSameAs(CacheOf(type, provider));
            }

            made.Observers[0].Events.Where(e => e.Kind != HttpCacheEventKinds.Invalidated).Select(e => (e.Client, e.Kind)).Should().BeEquivalentTo(
                [("a", HttpCacheEventKinds.Stored), ("a", HttpCacheEventKinds.Hit), ("b", HttpCacheEventKinds.Stored), ("b", HttpCacheEventKinds.Hit)],
                way);
        }
    }

    [Theory]
    [InlineData(typeof(CannotBeMade))]
    [InlineData(typeof(TakesItsClient))]
    public async Task Observer_ThatCannotBeMade_HarmsNoRequest_AndIsLogged(Type type)
    {
        using var log = new EventLog();
        var services = Services().AddSingleton<ILoggerFactory>(log).AddSingleton(new Made());
        services.AddSingleton(typeof(IHttpCacheObserver), type);
        await using var provider = services.BuildServiceProvider();

        (await GetAsync(provider, "a")).Should().Be("x");
        (await GetAsync(provider, "a")).Should().Be("x");

        log.Messages.Should().ContainSingle(message => message.Contains("could not be made", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Observer_UnderTheNameOfAClient_IsToldOfItsCacheAlone()
    {
        var (own, all) = (new Notes(), new Notes());
        var services = Services();
        services.AddKeyedSingleton<IHttpCacheObserver>("a", own);
        await using (var provider = services.BuildServiceProvider())
        {
            await UseAsync(provider, "client");
        }

        services.AddSingleton<IHttpCacheObserver>(all);
        await using (var provider = services.BuildServiceProvider())
        {
            await UseAsync(provider, "client");
        }

        own.Events.Should().HaveCount(4).And.OnlyContain(e => e.Client == "a");
        all.Events.Should().HaveCount(4);
    }

    private static ServiceCollection Services()
    {
        var services = new ServiceCollection();
        services.AddHttpCaching();
        foreach (var name in new[] { "a", "b" })
        {
            Origin(services.AddHttpClient(name)).AddHttpCaching();
        }

        Origin(services.AddHttpClient<Client>()).AddHttpCaching<Client>();
        return services;
    }

    private static IHttpClientBuilder Origin(IHttpClientBuilder builder) =>
        builder.ConfigurePrimaryHttpMessageHandler(() => new ScriptedOrigin { Otherwise = _ => ScriptedOrigin.Response(200, "x", Fresh) });

    private static async Task UseAsync(IServiceProvider provider, string first)
    {
        if (first == "cache")
        {
            await provider.GetRequiredKeyedService<IHttpCache>("a").InvalidateAsync(new Uri("http://h/"));
        }
        else if (first == "shared")
        {
            await provider.GetRequiredService<IHttpCache>().InvalidateAsync(new Uri("http://h/"));
        }

        foreach (var name in new[] { "a", "a", "b", "b" })
        {
            (await GetAsync(provider, name)).Should().Be("x");
        }
    }

    private static Task<string> GetAsync(IServiceProvider provider, string name) => provider.GetRequiredService<IHttpClientFactory>().CreateClient(name).GetStringAsync("http://h/");

    private static object CacheOf(Type type, IServiceProvider provider) =>
        type == typeof(TakesShared) ? provider.GetRequiredService<IHttpCache>()
        : type == typeof(TakesTyped) ? provider.GetRequiredService<IHttpCache<Client>>()
        : provider.GetRequiredKeyedService<IHttpCache>(type == typeof(TakesKeyed) ? "a" : "b");

    private class Notes(IHttpCache? cache = null) : IHttpCacheObserver
    {
        public IHttpCache? Cache => cache;

        public List<HttpCacheEvent> Events { get; } = [];

        public void OnEvent(HttpCacheEvent cacheEvent)
        {
            lock (Events)
            {
                Events.Add(cacheEvent);
            }
        }
    }

    private sealed class Made
    {
        public List<Notes> Observers { get; } = [];
    }

    private abstract class Takes : Notes
    {
        protected Takes(IHttpCache cache, Made made)
            : base(cache) => made.Observers.Add(this);
    }

    private sealed class TakesKeyed([FromKeyedServices("a")] IHttpCache cache, Made made) : Takes(cache, made);

    private sealed class TakesOther([FromKeyedServices("b")] IHttpCache cache, Made made) : Takes(cache, made);

    private sealed class TakesTyped(IHttpCache<Client> cache, Made made) : Takes(cache, made);

    private sealed class TakesShared(IHttpCache cache, Made made) : Takes(cache, made);

    private sealed class TakesItsClient(IHttpClientFactory factory) : Notes
    {
        public HttpClient Client { get; } = factory.CreateClient("a");
    }

    private sealed class CannotBeMade : Notes
    {
        public CannotBeMade() => throw new InvalidOperationException("broken");
    }

    private sealed class Client(HttpClient client)
    {
        public HttpClient Http => client;
    }
}
