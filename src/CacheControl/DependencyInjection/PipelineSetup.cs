using System.Net;
using CacheControl.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;

namespace CacheControl.DependencyInjection;

/// <summary>
/// Puts the cache and the handlers above it into a client's pipeline, as the last step of its configuration: what the primary handler was told about
/// redirects and decompression is taken over and done above the cache. Also tells each cache how to come by the pipeline that replaces this one.
/// </summary>
internal sealed class PipelineSetup : IPostConfigureOptions<HttpClientFactoryOptions>
{
    public void PostConfigure(string? name, HttpClientFactoryOptions options) => options.HttpMessageHandlerBuilderActions.Add(Replace);

    private static void Replace(HttpMessageHandlerBuilder builder)
    {
        var live = LivePipelineOf(builder);
        for (var i = builder.AdditionalHandlers.Count - 1; i >= 0; i--)
        {
            if (builder.AdditionalHandlers[i] is CachingHandler handler)
            {
                // Registered by habit: it stays where it is.
                handler.LivePipeline = live;
            }

            if (builder.AdditionalHandlers[i] is not CachePlaceholder placeholder)
            {
                continue;
            }

            var cache = placeholder.Cache;
            var (redirects, decompression) = TakeOver(builder.PrimaryHandler, cache);
            builder.AdditionalHandlers[i] = new CachingHandler(cache) { LivePipeline = live };
            if (decompression != DecompressionMethods.None)
            {
                builder.AdditionalHandlers.Insert(i, new DecompressionHandler(decompression));
            }

            if (redirects > 0)
            {
                builder.AdditionalHandlers.Insert(i, new RedirectHandler(redirects));
            }
        }
    }

    /// <summary>What makes the pipeline that the client has at the time of the call; null if the handlers are built without a factory.</summary>
    private static Func<HttpMessageHandler>? LivePipelineOf(HttpMessageHandlerBuilder builder)
    {
        var (name, factory) = (builder.Name ?? Options.DefaultName, (builder.Services as IServiceProvider)?.GetService<IHttpMessageHandlerFactory>());
        return factory is null ? null : () => factory.CreateHandler(name);
    }

    /// <summary>Switches redirects and decompression of the primary handler off. One that is not the platform's is left as it is.</summary>
    private static (int Redirects, DecompressionMethods Decompression) TakeOver(HttpMessageHandler primary, HttpCache cache)
    {
        switch (primary)
        {
            case SocketsHttpHandler sockets:
                var redirects = sockets.AllowAutoRedirect ? Math.Min(cache.MaximumRedirects, sockets.MaxAutomaticRedirections) : 0;
                var decompression = sockets.AutomaticDecompression;
                sockets.AllowAutoRedirect = false;
                sockets.AutomaticDecompression = DecompressionMethods.None;
                return (redirects, decompression == DecompressionMethods.None ? cache.Decompression : decompression);

            case HttpClientHandler client:
                redirects = client.AllowAutoRedirect ? Math.Min(cache.MaximumRedirects, client.MaxAutomaticRedirections) : 0;
                decompression = client.AutomaticDecompression;
                client.AllowAutoRedirect = false;
                client.AutomaticDecompression = DecompressionMethods.None;
                return (redirects, decompression == DecompressionMethods.None ? cache.Decompression : decompression);

            default:
                return (cache.MaximumRedirects, cache.Decompression);
        }
    }
}
