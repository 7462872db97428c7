using HttpCaching;
using Microsoft.Extensions.DependencyInjection.Extensions;
using StackExchange.Redis;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps caches on engines that speak Redis' protocol.</summary>
public static class HttpCachingBuilderRedisExtensions
{
    /// <summary>Keeps stored responses on a Redis-protocol engine, which other machines may share. Replaces the store that was registered before.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configuration">The text for <see cref="ConfigurationOptions.Parse(string)"/>: <c>localhost:6379</c>. The store connects at the first use. If the engine is down, the application still starts.</param>
    public static HttpCachingBuilder UseRedis(this HttpCachingBuilder builder, string configuration) => builder.UseRedis(configuration, null);

    /// <summary>Keeps stored responses on a Redis-protocol engine, which other machines may share. Replaces the store that was registered before.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configuration">The text for <see cref="ConfigurationOptions.Parse(string)"/>.</param>
    /// <param name="configure">Sets options.</param>
    public static HttpCachingBuilder UseRedis(this HttpCachingBuilder builder, string configuration, Action<RedisHttpCacheStoreOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(configuration);
        return Use(builder, provider => new RedisHttpCacheStore(configuration, OptionsOf(provider, configure)));
    }

    /// <summary>Keeps stored responses on the engine of a connection. Replaces the store that was registered before.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="connection">The connection. The caller disposes it.</param>
    public static HttpCachingBuilder UseRedis(this HttpCachingBuilder builder, IConnectionMultiplexer connection) => builder.UseRedis(connection, null);

    /// <summary>Keeps stored responses on the engine of a connection. Replaces the store that was registered before.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="connection">The connection. The caller disposes it.</param>
    /// <param name="configure">Sets options.</param>
    public static HttpCachingBuilder UseRedis(this HttpCachingBuilder builder, IConnectionMultiplexer connection, Action<RedisHttpCacheStoreOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(connection);
        return Use(builder, provider => new RedisHttpCacheStore(connection, OptionsOf(provider, configure)));
    }

    private static HttpCachingBuilder Use(HttpCachingBuilder builder, Func<IServiceProvider, IHttpCacheStore> make)
    {
        builder.Services.Replace(ServiceDescriptor.Singleton(make));
        return builder;
    }

    private static RedisHttpCacheStoreOptions OptionsOf(IServiceProvider provider, Action<RedisHttpCacheStoreOptions>? configure)
    {
        var options = new RedisHttpCacheStoreOptions();
        options.TimeProvider = provider.GetService<TimeProvider>() ?? options.TimeProvider;
        configure?.Invoke(options);
        return options;
    }
}
