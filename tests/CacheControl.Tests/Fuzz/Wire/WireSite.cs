using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Fuzz.Wire;

/// <summary>The origin, plain clients, and clients with the cache in their pipeline, over the same settings of the platform's handler.</summary>
internal sealed class WireSite : IDisposable
{
    public const string Handler = "handler";
    public const string DecodingHandler = "handler that decodes";
    public const string Factory = "factory that decodes";
    public const string Habit = "habit";

    private readonly ConcurrentDictionary<DecompressionMethods, HttpClient> _plain = new();

    public WireOrigin Origin { get; } = new();

    /// <summary>Whether the platform's handler decodes in this pipeline.</summary>
    public static bool Decodes(string pipeline) => pipeline != Handler;

    /// <summary>A client without the cache.</summary>
    public HttpClient Plain(DecompressionMethods methods) => _plain.GetOrAdd(methods, static m => new HttpClient(Primary(m)));

    /// <summary>A client with a cache of its own, and what ends both.</summary>
    public static (HttpClient Client, IDisposable? Services) Cached(string pipeline, FakeTimeProvider time)
    {
        var methods = Decodes(pipeline) ? DecompressionMethods.All : DecompressionMethods.None;
        if (pipeline is Handler or DecodingHandler)
        {
            return (new HttpClient(new CachingHandler(new MemoryHttpCacheStore(), new HttpCacheOptions { AutomaticDecompression = methods }, time)), null);
        }

        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(time);
        var client = services.AddHttpClient("wire").ConfigurePrimaryHttpMessageHandler(() => Primary(methods));
        if (pipeline == Habit)
        {
            services.AddHttpCaching();
            client.AddHttpMessageHandler<CachingHandler>();
        }
        else
        {
            client.AddHttpCaching();
        }

        var provider = services.BuildServiceProvider();
        return (provider.GetRequiredService<IHttpClientFactory>().CreateClient("wire"), provider);
    }

    public void Dispose()
    {
        foreach (var client in _plain.Values)
        {
            client.Dispose();
        }

        Origin.Dispose();
    }

    private static SocketsHttpHandler Primary(DecompressionMethods methods) => new() { UseCookies = false, AllowAutoRedirect = false, AutomaticDecompression = methods };
}
