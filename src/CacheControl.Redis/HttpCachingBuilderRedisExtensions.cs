using HttpCaching;
using Microsoft.Extensions.DependencyInjection.Extensions;
using StackExchange.Redis;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps caches on engines that speak Redis' protocol.</summary>
public static class HttpCachingBuilderRedisExtensions
{
    /// <summary>Keeps what is stored on a Redis-protocol engine, which other machines may share. Takes the place of the store that was registered before.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configuration">As <see cref="ConfigurationOptions.Parse(string)"/> reads it: <c>localhost:6379</c>. Connected to when first used; an engine that is down doesn't keep the application from starting.</param>
    public static HttpCachingBuilder UseRedis(this HttpCachingBuilder builder, string configuration) => builder.UseRedis(configuration, null);

    /// <summary>Keeps what is stored on a Redis-protocol engine, which other machines may share. Takes the place of the store that was registered before.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configuration">As <see cref="ConfigurationOptions.Parse(string)"/> reads it.</param>
    /// <param name="configure">Sets options.</param>
    public static HttpCachingBuilder UseRedis(this HttpCachingBuilder builder, string configuration, Action<RedisHttpCacheStoreOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(configuration);
        return Use(builder, provider => new RedisHttpCacheStore(configuration, OptionsOf(provider, configure)));
    }

    /// <summary>Keeps what is stored on the engine at the other end of a connection, which stays the caller's. Takes the place of the store that was registered before.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="connection">The connection.</param>
    public static HttpCachingBuilder UseRedis(this HttpCachingBuilder builder, IConnectionMultiplexer connection) => builder.UseRedis(connection, null);

    /// <summary>Keeps what is stored on the engine at the other end of a connection, which stays the caller's. Takes the place of the store that was registered before.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="connection">The connection.</param>
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
