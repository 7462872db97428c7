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
    /// registered <see cref="IHttpCacheStore"/> stays the one behind.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="bytes">How many bytes stored responses take in memory at most.</param>
    /// <param name="configure">Sets options. A second call takes the place of the first.</param>
    public static HttpCachingBuilder WithMemoryTier(this HttpCachingBuilder builder, long bytes, Action<TieredHttpCacheStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        builder.Services.Replace(ServiceDescriptor.Singleton(provider =>
        {
            var options = new TieredHttpCacheStoreOptions();
            options.TimeProvider = provider.GetService<TimeProvider>() ?? options.TimeProvider;
            configure?.Invoke(options);
            return new MemoryTier(provider.GetRequiredService<IHttpCacheStore>(), bytes, options);
        }));
        return builder;
    }

    /// <summary>
    /// Has the processes that share the registered store send one request to the origin where several miss the same thing at once: see
    /// <see cref="HttpCacheCollapsingOptions.Flights"/>. Uses a registered <see cref="IHttpCacheFlights"/>, or else the store if it is one; whenever that is chosen.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="maximumWait">Sets <see cref="HttpCacheCollapsingOptions.MaximumFlightWait"/> of all caches; <see langword="null"/> leaves it as it is.</param>
    public static HttpCachingBuilder WithOneFlight(this HttpCachingBuilder builder, TimeSpan? maximumWait = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<HttpCacheOptions>, FlightsSetup>());
        if (maximumWait is { } limit)
        {
            builder.Services.ConfigureAll<HttpCacheOptions>(options => options.Collapsing.MaximumFlightWait = limit);
        }

        return builder;
    }
}
