using System.Net;
using HttpCaching.Diagnostics;
using HttpCaching.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HttpCaching.DependencyInjection;

/// <summary>
/// Puts the cache and the handlers above it into a client's pipeline, as the last step of its configuration: what the primary handler was told about
/// redirects and decompression is taken over and done above the cache. Also tells each cache how to come by the pipeline that replaces this one.
/// </summary>
internal sealed class PipelineSetup : IPostConfigureOptions<HttpClientFactoryOptions>
{
    private readonly PrimaryHandlers _primaries = new();
    private int _hasWarned;

    public void PostConfigure(string? name, HttpClientFactoryOptions options) => options.HttpMessageHandlerBuilderActions.Add(Replace);

    private void Replace(HttpMessageHandlerBuilder builder)
    {
        if (builder is InspectedPipeline)
        {
            return;
        }

        var live = LivePipelineOf(builder);
        var handlers = builder.AdditionalHandlers;
        var place = PlaceOfCache.In(handlers, builder.PrimaryHandler, builder.Name ?? Options.DefaultName, builder.Services);
        var chosen = place is null ? null : handlers[place.Index];
        foreach (var other in place?.Others ?? [])
        {
            handlers.Remove(other);
        }

        foreach (var handler in handlers.OfType<CachingHandler>())
        {
            // Registered by habit: it stays where it is.
            handler.LivePipeline = live;
        }

        if (chosen is not CachePlaceholder placeholder)
        {
            if (_primaries.MissingIn(builder.PrimaryHandler) is { } missing)
            {
                Insert(handlers, handlers.Count, missing, null);
            }

            return;
        }

        var cache = placeholder.CacheOf(builder.Name ?? Options.DefaultName);
        var index = handlers.IndexOf(placeholder);
        handlers[index] = new CachingHandler(cache) { LivePipeline = live };
        Insert(handlers, index, AboveCache(builder, cache), cache);
    }

    private static void Insert(IList<DelegatingHandler> handlers, int place, PrimarySettings settings, HttpCache? cache)
    {
        if (settings.Decompression != DecompressionMethods.None)
        {
            handlers.Insert(place, new DecompressionHandler(settings.Decompression, cache?.CodingReports));
        }

        if (settings.Redirects > 0)
        {
            handlers.Insert(place, new RedirectHandler(settings.Redirects));
        }
    }

    /// <summary>Gives the pipeline that the client has at the time of the call; null if the handlers are built without a factory.</summary>
    private static Func<HttpMessageHandler>? LivePipelineOf(HttpMessageHandlerBuilder builder)
    {
        var (name, factory) = (builder.Name ?? Options.DefaultName, (builder.Services as IServiceProvider)?.GetService<IHttpMessageHandlerFactory>());
        return factory is null ? null : () => factory.CreateHandler(name);
    }

    /// <summary>The work done above the cache: as the options say, or else as the primary handler did it.</summary>
    private PrimarySettings AboveCache(HttpMessageHandlerBuilder builder, HttpCache cache)
    {
        var (settings, isSwitchedOff) = _primaries.TakeOver(builder.PrimaryHandler);
        if (settings is null || isSwitchedOff)
        {
            return new PrimarySettings(cache.MaximumRedirects ?? settings?.Redirects ?? 0, cache.Decompression ?? settings?.Decompression ?? DecompressionMethods.None);
        }

        // What goes on below is not done above as well: the cache notices it there.
        if (settings is not { Redirects: 0, Decompression: DecompressionMethods.None } && Interlocked.Exchange(ref _hasWarned, 1) == 0
            && (builder.Services as IServiceProvider)?.GetService<ILoggerFactory>() is { } logs)
        {
            Log.PrimaryInUse(logs.CreateLogger("CacheControl"));
        }

        return new PrimarySettings(
            settings.Value.Redirects == 0 ? cache.MaximumRedirects ?? 0 : 0,
            settings.Value.Decompression == DecompressionMethods.None ? cache.Decompression ?? DecompressionMethods.None : DecompressionMethods.None);
    }
}
