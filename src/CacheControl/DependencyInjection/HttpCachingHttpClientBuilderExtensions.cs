using HttpCaching;
using HttpCaching.DependencyInjection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Gives one client a cache with its pipeline set up right.</summary>
public static class HttpCachingHttpClientBuilderExtensions
{
    /// <summary>
    /// Gives the client a cache of its own, which no other client's responses reach; within <c>ConfigureHttpClientDefaults</c>, each client its own. Redirects and
    /// decompression of the primary handler are switched off and done above the cache instead, so that each hop and the encoded bytes are what is cached. A
    /// primary handler that is not the platform's is left as it is. The cache uses the default store, unless one is chosen on the builder that this method returns.
    /// </summary>
    /// <param name="builder">The client's builder.</param>
    public static HttpCachingClientBuilder AddHttpCaching(this IHttpClientBuilder builder) => builder.AddHttpCaching(default(Action<HttpCacheOptions>));

    /// <summary>Gives the client the cache of <see cref="AddHttpCaching(IHttpClientBuilder)"/> with options.</summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="configure">Sets options; validated when the host starts, or else when the client is made.</param>
    public static HttpCachingClientBuilder AddHttpCaching(this IHttpClientBuilder builder, Action<HttpCacheOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddHttpCaching();

        // The builder of the defaults has no name, and is for every client, whatever its name turns out to be.
        object key = builder.Name is { } name ? name : KeyedService.AnyKey;
        HttpCachingServiceCollectionExtensions.AddOptions(builder.Services, builder.Name, configure);
        builder.Services.TryAddKeyedSingleton(key, (provider, client) => provider.GetRequiredService<CacheFactory>().Make((string)client!));
        builder.Services.TryAddKeyedSingleton<IHttpCache>(key, (provider, client) => provider.GetRequiredKeyedService<HttpCache>(client));

        // Where the call stands decides the place in the pipeline; the primary handler is looked at after everything else has been configured.
        builder.AddHttpMessageHandler(provider => new CachePlaceholder(provider));
        return new HttpCachingClientBuilder(builder);
    }

    /// <summary>Gives the client the cache of <see cref="AddHttpCaching(IHttpClientBuilder)"/> with options from configuration.</summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="section">The section whose keys are the names of options: see <see cref="HttpCachingServiceCollectionExtensions.AddHttpCaching(IServiceCollection, IConfiguration)"/>.</param>
    public static HttpCachingClientBuilder AddHttpCaching(this IHttpClientBuilder builder, IConfiguration section) => builder.AddHttpCaching(section, null);

    /// <summary>Gives the client the cache of <see cref="AddHttpCaching(IHttpClientBuilder)"/> with options from configuration.</summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="section">The section whose keys are the names of options: see <see cref="HttpCachingServiceCollectionExtensions.AddHttpCaching(IServiceCollection, IConfiguration)"/>.</param>
    /// <param name="configure">Sets options after that.</param>
    public static HttpCachingClientBuilder AddHttpCaching(this IHttpClientBuilder builder, IConfiguration section, Action<HttpCacheOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(section);
        return builder.AddHttpCaching(HttpCachingServiceCollectionExtensions.FromConfiguration(section, configure));
    }
}
