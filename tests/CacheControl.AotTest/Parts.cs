using HttpCaching.Storage;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace HttpCaching.AotTest;

/// <summary>The parts of the libraries.</summary>
internal static class Parts
{
    public static async Task StoresAsync(string directory, string? redis)
    {
        await Check.HitAsync("files", new FileHttpCacheStore(Path.Combine(directory, "files")));
        await Check.HitAsync("SQLite", new SqliteHttpCacheStore(Path.Combine(directory, "cache.db")));
        await Check.HitAsync("memory in front of files", new TieredHttpCacheStore(new MemoryHttpCacheStore(), new FileHttpCacheStore(Path.Combine(directory, "behind"))));
        if (redis is not null)
        {
            await RegisteredAsync("Redis", services => services.AddHttpCaching().UseRedis(redis));
        }
    }

    public static async Task ConfigurationAsync()
    {
        var section = Section(
            ("StaleIfError", "01:00:00"), ("Limits:MaximumUriLength", "2000"), ("Keys:Fields:0", "Origin"),
            ("Rules:0:Match", "https://example.org/uncached"), ("Rules:0:IgnoreNoStore", "true"), ("Rules:0:FreshFor", "00:05:00"));
        var services = new ServiceCollection();
        services.AddHttpClient("api").ConfigurePrimaryHttpMessageHandler(() => new CountingOrigin());
        services.AddHttpClient("api").AddHttpCaching(section);
        await using var provider = services.BuildServiceProvider();
        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("api");

        await Check.HitAsync("configuration: a rule against no-store", client, new Uri("https://example.org/uncached"));

        var cache = provider.GetRequiredKeyedService<IHttpCache>("api");
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://example.org/uncached");
        var explanation = await cache.ExplainAsync(request);
        Check.That("ExplainAsync", explanation.Expected.Hit && explanation.ToString().Contains("uncached", StringComparison.Ordinal), explanation.ToString());
        Check.That("FindAsync", (await cache.FindAsync(request.RequestUri!)).Count == 1, "nothing was found");
    }

    public static async Task RefusedConfigurationAsync()
    {
        var services = new ServiceCollection();
        services.AddHttpClient("api").AddHttpCaching(Section(("StaleIfEror", "01:00:00")));
        await using var provider = services.BuildServiceProvider();
        try
        {
            provider.GetRequiredService<IHttpClientFactory>().CreateClient("api").Dispose();
            Check.That("configuration: an unknown key", false, "it was accepted");
        }
        catch (Exception refused)
        {
            Check.That("configuration: an unknown key", refused.ToString().Contains("StaleIfError", StringComparison.Ordinal), refused.ToString());
        }
    }

    public static async Task OtherPackagesAsync(string directory)
    {
        await RegisteredAsync("IDistributedCache", services =>
        {
            services.AddSingleton<IDistributedCache, DictionaryCache>();
            services.AddHttpCaching().UseDistributedCache();
        });
        await RegisteredAsync("encrypted files", services =>
        {
            services.AddDataProtection();
            services.AddHttpCaching().UseProtectedFileSystem(Path.Combine(directory, "protected"));
        });
        Action<TracerProviderBuilder> trace = tracing => tracing.AddHttpCachingInstrumentation();
        Action<MeterProviderBuilder> measure = metrics => metrics.AddHttpCachingInstrumentation();
        Check.That("OpenTelemetry", trace.Method is not null && measure.Method is not null);
    }

    private static async Task RegisteredAsync(string name, Action<IServiceCollection> register)
    {
        var services = new ServiceCollection();
        register(services);
        services.AddHttpClient("api").ConfigurePrimaryHttpMessageHandler(() => new CountingOrigin());
        services.AddHttpClient("api").AddHttpCaching();
        await using var provider = services.BuildServiceProvider();
        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        await Check.HitAsync(name, client, new Uri("https://example.org/a"));
    }

    private static IConfiguration Section(params (string Key, string Value)[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(v => KeyValuePair.Create("HttpCaching:" + v.Key, (string?)v.Value))).Build().GetSection("HttpCaching");
}
