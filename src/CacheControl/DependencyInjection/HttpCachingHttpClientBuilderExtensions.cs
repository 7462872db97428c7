using CacheControl;
using CacheControl.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Gives one client a cache with its pipeline set up right.</summary>
public static class HttpCachingHttpClientBuilderExtensions
{
    /// <summary>
    /// Gives the client a cache of its own, which no other client's responses reach. Redirects and decompression of the primary handler are switched off and
    /// done above the cache instead, so that each hop and the encoded bytes are what is cached.
    /// </summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="configure">Sets options; validated when the host starts, or else when the client is made.</param>
    public static IHttpClientBuilder AddHttpCaching(this IHttpClientBuilder builder, Action<HttpCacheOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var name = builder.Name;
        builder.Services.AddHttpCaching();
        HttpCachingServiceCollectionExtensions.AddOptions(builder.Services, name, configure);
        builder.Services.TryAddKeyedSingleton(name, (provider, _) => HttpCachingServiceCollectionExtensions.CreateCache(provider, name));
        builder.Services.TryAddKeyedSingleton<IHttpCache>(name, (provider, _) => provider.GetRequiredKeyedService<HttpCache>(name));

        // Where the call stands decides the place in the pipeline; the primary handler is looked at after everything else has been configured.
        builder.AddHttpMessageHandler(provider => new CachePlaceholder(provider.GetRequiredKeyedService<HttpCache>(name)));
        return builder;
    }
}
