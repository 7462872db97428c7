using HttpCaching;
using HttpCaching.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Gives one client a cache with its pipeline set up right.</summary>
public static class HttpCachingHttpClientBuilderExtensions
{
    /// <summary>
    /// Gives the client a cache of its own, which no other client's responses reach; within <c>ConfigureHttpClientDefaults</c>, each client its own. Redirects and
    /// decompression of the primary handler are switched off and done above the cache instead, so that each hop and the encoded bytes are what is cached. A
    /// primary handler that is not the platform's is left as it is.
    /// </summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="configure">Sets options; validated when the host starts, or else when the client is made.</param>
    public static IHttpClientBuilder AddHttpCaching(this IHttpClientBuilder builder, Action<HttpCacheOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddHttpCaching();

        // The builder of the defaults has no name, and is for every client, whatever its name turns out to be.
        object key = builder.Name is { } name ? name : KeyedService.AnyKey;
        HttpCachingServiceCollectionExtensions.AddOptions(builder.Services, builder.Name, configure);
        builder.Services.TryAddKeyedSingleton(key, (provider, client) => HttpCachingServiceCollectionExtensions.CreateCache(provider, (string)client!));
        builder.Services.TryAddKeyedSingleton<IHttpCache>(key, (provider, client) => provider.GetRequiredKeyedService<HttpCache>(client));

        // Where the call stands decides the place in the pipeline; the primary handler is looked at after everything else has been configured.
        builder.AddHttpMessageHandler(provider => new CachePlaceholder(provider));
        return builder;
    }
}
