using System.Diagnostics.Metrics;
using HttpCaching.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HttpCaching.DependencyInjection;

/// <summary>
/// Makes caches as services, and then their observers: an observer may take a cache as a service, even the cache that it observes. Otherwise the container would wait for itself.
/// </summary>
/// <param name="provider">The services.</param>
internal sealed class CacheFactory(IServiceProvider provider) : IDisposable
{
    // The caches that this thread has made for the container and whose observers are not made yet.
    private readonly ThreadLocal<List<Made>?> _unobserved = new();

    /// <summary>Makes a cache with its observers.</summary>
    /// <param name="client">The client; null for the cache that clients share.</param>
    public HttpCache Make(string? client)
    {
        if (_unobserved.Value?.Find(made => made.Client == client) is { } known)
        {
            // An observer in the making asks for the cache that has it made.
            return known.Cache;
        }

        var isObserved = IsObserved(client);
        var cache = Create(client, isObserved);
        if (isObserved)
        {
            Observe(new Made(client, cache));
        }

        return cache;
    }

    /// <inheritdoc/>
    public void Dispose() => _unobserved.Dispose();

    private HttpCache Create(string? client, bool isObserved)
    {
        var name = client ?? Options.DefaultName;
        var options = provider.GetRequiredService<IOptionsMonitor<HttpCacheOptions>>().Get(name);
        var settings = new CachingHandlerSettings
        {
            Store = ClientStores.Of(provider, client),
            Options = options,
            TimeProvider = provider.GetService<TimeProvider>(),
            LoggerFactory = provider.GetService<ILoggerFactory>(),
            MeterFactory = provider.GetService<IMeterFactory>(),
        };
        var cache = new HttpCache(settings, name.Length == 0 ? null : name, isObserved);
        var factory = provider.GetRequiredService<IOptionsFactory<HttpCacheOptions>>();
        cache.Follow(options, () => factory.Create(name));
        return cache;
    }

    private bool IsObserved(string? client) =>
        provider.GetService<IServiceProviderIsKeyedService>() is not { } services
        || services.IsService(typeof(IHttpCacheObserver))
        || (client is not null && services.IsKeyedService(typeof(IHttpCacheObserver), client));

    /// <summary>Makes the observers of a cache, and of each cache that this leads to.</summary>
    private void Observe(Made made)
    {
        if (_unobserved.Value is { } others)
        {
            // Its observers are those that are being made now: they are not made twice.
            others.Add(made);
            return;
        }

        List<Made> all = [made];
        _unobserved.Value = all;
        try
        {
            for (var i = 0; i < all.Count; i++)
            {
                Observe(all[i].Client, all[i].Cache);
            }
        }
        finally
        {
            _unobserved.Value = null;
        }
    }

    private void Observe(string? client, HttpCache cache)
    {
        try
        {
            cache.Observe([.. provider.GetServices<IHttpCacheObserver>(), .. client is null ? [] : provider.GetKeyedServices<IHttpCacheObserver>(client)]);
        }
        catch (Exception exception)
        {
            Log.RuleFailed(QuietLogger.Of(provider.GetService<ILoggerFactory>(), "CacheControl"), exception, "An observer", "it could not be made, so the registered observers are told nothing");
        }
    }

    private sealed record Made(string? Client, HttpCache Cache);
}
