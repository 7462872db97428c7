using HttpCaching;
using HttpCaching.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a memory tier, or collapsing across processes, to a store that several processes share.</summary>
public static class HttpCachingBuilderTierExtensions
{
    /// <summary>
    /// Puts memory in front of the registered store, whichever it is and whenever it is chosen. A store that tells what other processes change is followed. The
    /// registered <see cref="IHttpCacheStore"/> stays the one behind. On a client's builder, the memory is this client's alone, in front of its own store or else the default one.
    /// </summary>
    /// <typeparam name="TBuilder">The builder's type.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="bytes">How many bytes stored responses take in memory at most.</param>
    /// <param name="configure">Sets options. A second call takes the place of the first.</param>
    public static TBuilder WithMemoryTier<TBuilder>(this TBuilder builder, long bytes, Action<TieredHttpCacheStoreOptions>? configure = null)
        where TBuilder : HttpCachingBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        var client = builder.Client;
        builder.Services.Replace(client is null
            ? ServiceDescriptor.Singleton(Make)
            : ServiceDescriptor.KeyedSingleton(client, (provider, _) => Make(provider)));
        return builder;

        MemoryTier Make(IServiceProvider provider)
        {
            var options = new TieredHttpCacheStoreOptions();
            options.TimeProvider = provider.GetService<TimeProvider>() ?? options.TimeProvider;
            configure?.Invoke(options);
            return new MemoryTier(ClientStores.BackOf(provider, client), bytes, options);
        }
    }

    /// <summary>
    /// Has the processes that share the registered store send one request to the origin where several miss the same thing at once: see
    /// <see cref="HttpCacheCollapsingOptions.Flights"/>. Uses a registered <see cref="IHttpCacheFlights"/>, or else the store if it is one; whenever that is chosen. It holds for all clients
    /// that use the default store. On a client's builder it holds for this client alone.
    /// </summary>
    /// <typeparam name="TBuilder">The builder's type.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="maximumWait">Sets <see cref="HttpCacheCollapsingOptions.MaximumFlightWait"/> of these caches; <see langword="null"/> leaves it as it is.</param>
    public static TBuilder WithOneFlight<TBuilder>(this TBuilder builder, TimeSpan? maximumWait = null)
        where TBuilder : HttpCachingBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<HttpCacheOptions>, FlightsSetup>());
        builder.Services.AddSingleton(new FlightsRequest(builder.Client));
        if (maximumWait is { } limit)
        {
            // A null name is every name.
            builder.Services.Configure<HttpCacheOptions>(builder.Client, options => options.Collapsing.MaximumFlightWait = limit);
        }

        return builder;
    }
}
