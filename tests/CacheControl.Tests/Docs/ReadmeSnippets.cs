using System.Diagnostics.Metrics;
using HttpCaching.StoreContract;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MyStore = HttpCaching.Tests.Storage.OwnStore.OwnStore;

namespace HttpCaching.Tests.Docs;

/// <summary>The code of the README and of the pages in docs, compiled. What stands between two markers stands there word for word.</summary>
internal static class ReadmeSnippets
{
    public static async Task Direct()
    {
        // snippet: direct
        using var client = new HttpClient(new CachingHandler());

        using var first = await client.GetAsync("https://example.org/");
        using var again = await client.GetAsync("https://example.org/");
        Console.WriteLine(again.GetCacheStatus()!.Hit);

        // end
    }

    public static void DirectWithOptions()
    {
        // snippet: direct-options
        var options = new HttpCacheOptions { StaleIfError = TimeSpan.FromHours(1), SingleUser = true };
        var store = new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { MaximumBytes = 500_000_000 });
        var client = new HttpClient(new CachingHandler(store, options));

        // end
        client.Dispose();
    }

    public static void DirectWithLogs(ILoggerFactory loggers, IMeterFactory meters)
    {
        // snippet: direct-logs
        var client = new HttpClient(new CachingHandler(new CachingHandlerSettings { LoggerFactory = loggers, MeterFactory = meters }));

        // end
        client.Dispose();
    }

    public static void Configured(IServiceCollection services, IConfiguration configuration)
    {
        // snippet: configured
        services.AddHttpClient("api").AddHttpCaching(configuration.GetSection("HttpCaching"));

        // end
    }

    public static void Habit(IServiceCollection services)
    {
        // snippet: habit
        services.AddHttpCaching();
        services.AddHttpClient("api").AddHttpMessageHandler<CachingHandler>();

        // end
    }

    public static void HabitForAll(IServiceCollection services)
    {
        // snippet: habit-all
        services.AddHttpClient();
        services.AddHttpMessageHandler<CachingHandler>();

        // end
    }

    public static void Registered(IServiceCollection services)
    {
        // snippet: registered
        services.AddHttpClient("api", client => client.BaseAddress = new Uri("https://api.example.org/"))
            .AddHttpCaching(options => options.StaleIfError = TimeSpan.FromHours(1));

        // end
    }

    public static async Task Modes(HttpClient client)
    {
        // snippet: modes
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://api.example.org/products")
            .WithCache(HttpCacheMode.NoCache)
            .WithCacheTags("products")
            .WithStaleIfError(TimeSpan.FromMinutes(10));
        using var response = await client.SendAsync(request);

        // end
    }

    public static void Status(HttpResponseMessage response)
    {
        // snippet: status
        if (response.GetCacheStatus() is { } status)
        {
            Console.WriteLine(status); // hit: fresh for 58 s more (max-age=60), age 2 s
            Console.WriteLine($"hit: {status.Hit}, found: {status.Forward}, rule: {status.Reason}, not stored: {status.NotStored}");
        }

        // end
    }

    public static async Task Maintenance(IServiceProvider provider)
    {
        // snippet: maintenance
        var cache = provider.GetRequiredKeyedService<IHttpCache>("api");
        await cache.InvalidateAsync(new Uri("https://api.example.org/products/1"));
        await cache.RemoveByTagAsync("products");
        await cache.RemoveOriginAsync(new Uri("https://api.example.org/"));
        await cache.ClearAsync();

        // end
    }

    public static void Partitions(IServiceCollection services)
    {
        // snippet: partitions
        services.AddHttpClient("api").AddHttpCaching(options =>
            options.PartitionSelector = request =>
                request.Options.TryGetValue(new HttpRequestOptionsKey<string>("tenant"), out var tenant) ? tenant : null);

        // end
    }

    public static void Stores(IServiceCollection services)
    {
        // snippet: stores
        services.AddSingleton<IHttpCacheStore>(
            new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { MaximumBytes = 500_000_000 }));
        services.AddHttpClient("api").AddHttpCaching();

        // end
    }

    public static void Order(IServiceCollection services)
    {
        // snippet: order
        services.AddTransient<AddTokenHandler>();
        services.AddTransient<RetryHandler>();
        services.AddHttpClient("api")
            .AddHttpMessageHandler<AddTokenHandler>() // above: the cache sees the credentials and keeps users apart
            .AddHttpCaching()
            .AddHttpMessageHandler<RetryHandler>(); // below: only what really goes out is repeated

        // end
    }

    public static void Heuristics(IServiceCollection services)
    {
        // snippet: heuristics
        services.AddHttpClient("api").AddHttpCaching(options =>
            options.Heuristic = FreshnessHeuristics.ExpiresAfter(TimeSpan.FromHours(1)));

        // end
    }

    // snippet: own-heuristic
    public sealed class PicturesForAWeek : IFreshnessHeuristic
    {
        public TimeSpan? LifetimeOf(FreshnessFacts facts) =>
            facts.ExplicitLifetime is null && facts.TargetUri.EndsWith(".png", StringComparison.Ordinal)
                ? TimeSpan.FromDays(7)
                : null;
    }

    // end
    internal sealed class AddTokenHandler : DelegatingHandler;

    internal sealed class RetryHandler : DelegatingHandler;

    public static void FileStore()
    {
        // snippet: file-store
        using var store = new FileHttpCacheStore("cache");
        using var client = new HttpClient(new CachingHandler(store));

        // end
    }

    public static void FileStoreServices(IServiceCollection services)
    {
        // snippet: file-store-services
        services.AddHttpCaching().UseFileSystem("/var/cache/app", o => o.MaximumBytes = 10L * 1024 * 1024 * 1024);

        // end
    }

    public static void TieredStore(FileHttpCacheStore disk)
    {
        // snippet: tiered-store
        var store = new TieredHttpCacheStore(new MemoryHttpCacheStore(), disk);
        using var client = new HttpClient(new CachingHandler(store));

        // end
    }

    public static void Protected(IServiceCollection services)
    {
        // snippet: protected-store
        services.AddHttpCaching().UseProtectedFileSystem("/var/cache/app");

        // end
    }

    public static void Sqlite(IServiceCollection services)
    {
        // snippet: sqlite-store
        services.AddHttpCaching().UseSqlite("/var/cache/app.db", o => o.MaximumBytes = 1024 * 1024 * 1024);

        // end
    }

    public static void Redis(IServiceCollection services)
    {
        // snippet: redis-store
        services.AddHttpCaching()
            .UseRedis("localhost:6379")
            .WithMemoryTier(100_000_000) // hits in memory; what other processes change leaves it at once
            .WithOneFlight(); // of many processes that miss the same thing, one asks the origin

        // end
    }

    public static void Distributed(IServiceCollection services)
    {
        // snippet: distributed-store
        services.AddStackExchangeRedisCache(o => o.Configuration = "localhost:6379"); // or any other IDistributedCache
        services.AddHttpCaching().UseDistributedCache();

        // end
    }

    public static void Health(IServiceCollection services)
    {
        // snippet: health
        services.AddHealthChecks().AddHttpCacheStore();

        // end
    }

    public static async Task LookingInside(IHttpCache cache)
    {
        // snippet: explain
        var request = new HttpRequestMessage(HttpMethod.Get, "https://api.example.org/products/1");
        Console.WriteLine(await cache.ExplainAsync(request));
        // end

        // snippet: looking-inside
        await foreach (var response in cache.ListAsync(new CachedResponseFilter { Origin = new Uri("https://api.example.org/") }))
        {
            Console.WriteLine($"{response.Uri} {response.BodyBytes} bytes, age {response.Age} of {response.FreshnessLifetime}, last used {response.LastUse:u}");
        }

        var variants = await cache.FindAsync(new Uri("https://api.example.org/products/1"));
        await using var body = await variants[0].OpenBodyAsync(); // null if it has been removed since

        var preview = await cache.RemoveByPrefixAsync("https://api.example.org/products/", preview: true);
        Console.WriteLine($"{preview.Count} responses would go, such as {preview.First[0]}");
        await cache.RemoveByPrefixAsync("https://api.example.org/products/");

        await cache.RemoveAsync(new CachedResponseFilter { Where = response => response.StatusCode == 404 });
        await cache.MarkStaleAsync(new CachedResponseFilter { Tag = "prices" });

        // end
    }

    public static async Task Prefetching(HttpClient client, IEnumerable<Uri> uris, CancellationToken cancellationToken)
    {
        // snippet: prefetch
        var progress = new Progress<PrefetchProgress>(p => Console.WriteLine($"{p.Done} done, {p.Failed} failed"));
        var end = await client.PrefetchAsync(uris, degree: 8, progress, cancellationToken);

        // end
        Console.WriteLine(end);
    }

    public static void Rules(HttpCacheOptions options)
    {
        // snippet: rules
        options.For("https://api.example.org/products/*", rule => rule.FreshFor(TimeSpan.FromMinutes(5)));
        options.For("https://legacy.example.org/*", rule => rule.IgnoreNoStore().AtLeast(TimeSpan.FromSeconds(30)).StaleIfError(TimeSpan.FromDays(1)));

        // end
    }

    public static void KeyRules(HttpCacheOptions options)
    {
        // snippet: key-rules
        options.For("https://www.example.org/*", rule => rule.IgnoreQuery("utm_*", "gclid").IgnoreQueryOrder().IgnoreVary("User-Agent"));
        options.For("https://api.example.org/*", rule => rule.AddVary("X-Api-Version").SetCookie(HttpCacheSetCookie.Remove));
        options.For("https://shop.example.org/*", rule => rule.KeyOf(uri => uri.AbsolutePath.Replace("/en/item/", "/item/", StringComparison.Ordinal)));

        // end
    }

    public static async Task PostRules(HttpCacheOptions options, HttpClient client, HttpContent content)
    {
        // snippet: post-rules
        options.For("https://api.example.org/graphql", rule => rule.CacheContentOf("POST", "application/json").FreshFor(TimeSpan.FromMinutes(5)));
        options.Extensions.QueryNormalizers["application/json"] = QueryNormalization.GraphQL;

        using var request = new HttpRequestMessage(HttpMethod.Post, "https://search.example.org/items") { Content = content }.WithCacheableContent();
        using var response = await client.SendAsync(request);

        // end
    }

    public static async Task RequestRules(HttpClient client)
    {
        // snippet: request-rules
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://api.example.org/report?run=7")
            .WithFreshness(TimeSpan.FromMinutes(5))
            .WithCacheRule(rule => rule.IgnoreNoStore().StaleIfError(TimeSpan.FromHours(1)))
            .WithCacheKey("report");
        using var response = await client.SendAsync(request);

        using var look = new HttpRequestMessage(HttpMethod.Get, "https://api.example.org/products").WithCache(HttpCacheMode.ReadOnly);

        // end
        using var found = await client.SendAsync(look);
    }

    // snippet: contract
    public sealed class MyStoreTests : HttpCacheStoreContract
    {
        protected override IHttpCacheStore CreateStore() => new MyStore();
    }

    public sealed class MyStoreFaultTests : HttpCacheStoreFaultContract
    {
        protected override IHttpCacheStore CreateStore() => new MyStore();
    }

    // end
}
