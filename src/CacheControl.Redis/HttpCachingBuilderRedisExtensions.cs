using HttpCaching;
using StackExchange.Redis;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps caches on engines that speak Redis' protocol.</summary>
public static class HttpCachingBuilderRedisExtensions
{
    /// <summary>Keeps stored responses on a Redis-protocol engine, which other machines may share. See <see cref="HttpCachingBuilderStoreExtensions.UseStore"/> for the difference between all clients and one.</summary>
    /// <typeparam name="TBuilder">The builder's type.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="configuration">The text for <see cref="ConfigurationOptions.Parse(string)"/>: <c>localhost:6379</c>. The store connects at the first use. If the engine is down, the application still starts.</param>
    public static TBuilder UseRedis<TBuilder>(this TBuilder builder, string configuration)
        where TBuilder : HttpCachingBuilder => builder.UseRedis(configuration, null);

    /// <summary>Keeps stored responses on a Redis-protocol engine, which other machines may share. See <see cref="HttpCachingBuilderStoreExtensions.UseStore"/> for the difference between all clients and one.</summary>
    /// <typeparam name="TBuilder">The builder's type.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="configuration">The text for <see cref="ConfigurationOptions.Parse(string)"/>.</param>
    /// <param name="configure">Sets options.</param>
    public static TBuilder UseRedis<TBuilder>(this TBuilder builder, string configuration, Action<RedisHttpCacheStoreOptions>? configure)
        where TBuilder : HttpCachingBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(configuration);
        return builder.UseStore($"UseRedis(\"{ServersOf(configuration)}\")", provider => new RedisHttpCacheStore(configuration, OptionsOf(provider, configure)));
    }

    /// <summary>Keeps stored responses on the engine of a connection. See <see cref="HttpCachingBuilderStoreExtensions.UseStore"/> for the difference between all clients and one.</summary>
    /// <typeparam name="TBuilder">The builder's type.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="connection">The connection. The caller disposes it.</param>
    public static TBuilder UseRedis<TBuilder>(this TBuilder builder, IConnectionMultiplexer connection)
        where TBuilder : HttpCachingBuilder => builder.UseRedis(connection, null);

    /// <summary>Keeps stored responses on the engine of a connection. See <see cref="HttpCachingBuilderStoreExtensions.UseStore"/> for the difference between all clients and one.</summary>
    /// <typeparam name="TBuilder">The builder's type.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="connection">The connection. The caller disposes it.</param>
    /// <param name="configure">Sets options.</param>
    public static TBuilder UseRedis<TBuilder>(this TBuilder builder, IConnectionMultiplexer connection, Action<RedisHttpCacheStoreOptions>? configure)
        where TBuilder : HttpCachingBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(connection);
        return builder.UseStore("UseRedis(connection)", provider => new RedisHttpCacheStore(connection, OptionsOf(provider, configure)));
    }

    /// <summary>The servers without the settings, which may hold a password.</summary>
    private static string ServersOf(string configuration) =>
        string.Join(',', configuration.Split(',', StringSplitOptions.TrimEntries).Where(static part => !part.Contains('=', StringComparison.Ordinal)));

    private static RedisHttpCacheStoreOptions OptionsOf(IServiceProvider provider, Action<RedisHttpCacheStoreOptions>? configure)
    {
        var options = new RedisHttpCacheStoreOptions();
        options.TimeProvider = provider.GetService<TimeProvider>() ?? options.TimeProvider;
        configure?.Invoke(options);
        return options;
    }
}
