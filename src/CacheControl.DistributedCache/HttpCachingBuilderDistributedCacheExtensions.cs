using HttpCaching;
using Microsoft.Extensions.Caching.Distributed;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps caches in an <see cref="IDistributedCache"/>.</summary>
public static class HttpCachingBuilderDistributedCacheExtensions
{
    /// <summary>
    /// Keeps stored responses in the registered <see cref="IDistributedCache"/>, which other nodes may share. See <see cref="HttpCachingBuilderStoreExtensions.UseStore"/> for the difference between all clients and one.
    /// </summary>
    /// <typeparam name="TBuilder">The builder's type.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets options; they are checked when the first client is made.</param>
    /// <exception cref="InvalidOperationException">Thrown when the first client is made: no <see cref="IDistributedCache"/> is registered.</exception>
    public static TBuilder UseDistributedCache<TBuilder>(this TBuilder builder, Action<DistributedHttpCacheStoreOptions>? configure = null)
        where TBuilder : HttpCachingBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        return Use(builder, "UseDistributedCache()", configure, static provider => provider.GetService<IDistributedCache>() ?? throw new InvalidOperationException(
            "UseDistributedCache() needs an IDistributedCache, but none is registered: call AddStackExchangeRedisCache(…), AddDistributedSqlServerCache(…) or "
            + "another one's registration as well."));
    }

    /// <summary>Keeps stored responses in the <see cref="IDistributedCache"/> that is registered under a key. See <see cref="HttpCachingBuilderStoreExtensions.UseStore"/> for the difference between all clients and one.</summary>
    /// <typeparam name="TBuilder">The builder's type.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="serviceKey">The key of the service.</param>
    /// <param name="configure">Sets options; they are checked when the first client is made.</param>
    /// <exception cref="InvalidOperationException">Thrown when the first client is made: no <see cref="IDistributedCache"/> is registered under this key.</exception>
    public static TBuilder UseKeyedDistributedCache<TBuilder>(
        this TBuilder builder, object serviceKey, Action<DistributedHttpCacheStoreOptions>? configure = null)
        where TBuilder : HttpCachingBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(serviceKey);
        return Use(builder, $"UseKeyedDistributedCache(\"{serviceKey}\")", configure, provider => provider.GetKeyedService<IDistributedCache>(serviceKey) ?? throw new InvalidOperationException(
            $"UseKeyedDistributedCache() needs an IDistributedCache under the key '{serviceKey}', but none is registered: call AddKeyedSingleton<IDistributedCache>(…) as well."));
    }

    private static TBuilder Use<TBuilder>(
        TBuilder builder, string description, Action<DistributedHttpCacheStoreOptions>? configure, Func<IServiceProvider, IDistributedCache> engine)
        where TBuilder : HttpCachingBuilder => builder.UseStore(description, provider =>
        {
            var options = new DistributedHttpCacheStoreOptions();
            options.TimeProvider = provider.GetService<TimeProvider>() ?? options.TimeProvider;
            configure?.Invoke(options);
            return new DistributedHttpCacheStore(engine(provider), options);
        });
}
