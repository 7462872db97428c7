using HttpCaching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Puts a cache into the pipeline of a server.</summary>
public static class HttpCacheApplicationBuilderExtensions
{
    /// <summary>
    /// Answers plain GET requests from the memory of a cache, before the rest of the pipeline. The rest gets all others, unchanged: it forwards them to <paramref name="origin"/> through a
    /// <see cref="CachingHandler"/> of the same cache, which stores the responses. An answer is the one that the handler would give, with the same fields, metrics and log lines.
    /// </summary>
    /// <param name="app">The pipeline. A request whose path was rewritten before this point, or whose path has a base, goes to the rest.</param>
    /// <param name="cache">The cache. Its store is a <see cref="HttpCaching.Storage.IHttpCacheStore"/> in memory, or one with a front in memory; with any other store all requests go to the rest.</param>
    /// <param name="origin">The absolute http or https URI to which the rest forwards, whatever the Host of a request is. Its path, if any, comes before that of each request.</param>
    /// <param name="isRemoved">Whether the rest removes the request field of a name before the handler, so that it does not count here either; <see langword="null"/> if it removes none but those of the connection.</param>
    /// <returns><paramref name="app"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="origin"/> is not such a URI.</exception>
    public static IApplicationBuilder UseHttpCacheHits(this IApplicationBuilder app, HttpCache cache, Uri origin, Func<string, bool>? isRemoved = null)
    {
        ArgumentNullException.ThrowIfNull(app);
        var front = new HttpCacheFront(cache, origin);
        var names = new FieldNameTable(isRemoved);
        return app.Use(next => new HitsMiddleware(next, front, names).InvokeAsync);
    }

    /// <summary>
    /// Puts the shared cache of the services before the rest of the pipeline. It stores the responses of the endpoints by the rules of RFC 9111, as their own fields say, and answers from them.
    /// If a stored response is stale, the endpoint is asked with <c>If-None-Match</c> or <c>If-Modified-Since</c>; unsafe methods pass, and invalidate. A client gets the same bytes as without it.
    /// </summary>
    /// <param name="app">The pipeline.</param>
    /// <returns><paramref name="app"/>.</returns>
    /// <exception cref="InvalidOperationException">There is no <see cref="HttpCache"/> in the services, or its kind is not <see cref="CacheKind.Shared"/>.</exception>
    public static IApplicationBuilder UseHttpCache(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        return app.UseHttpCache(app.ApplicationServices.GetService<HttpCache>() ?? throw new InvalidOperationException(
            $"There is no {nameof(HttpCache)} in the services. Register one with services.AddHttpCaching(options => options.Kind = CacheKind.Shared), or give {nameof(UseHttpCache)} one."));
    }

    /// <summary>Puts a shared cache before the rest of the pipeline: see <see cref="UseHttpCache(IApplicationBuilder)"/>.</summary>
    /// <param name="app">The pipeline.</param>
    /// <param name="cache">The cache. The caller disposes it.</param>
    /// <returns><paramref name="app"/>.</returns>
    /// <exception cref="InvalidOperationException">The kind of the cache is not <see cref="CacheKind.Shared"/>.</exception>
    public static IApplicationBuilder UseHttpCache(this IApplicationBuilder app, HttpCache cache)
    {
        ArgumentNullException.ThrowIfNull(app);
        ArgumentNullException.ThrowIfNull(cache);
        if (cache.Kind != CacheKind.Shared)
        {
            throw new InvalidOperationException(
                $"The cache is {cache.Kind}, and would keep for one client what it must not give to another. Set {nameof(HttpCacheOptions)}.{nameof(HttpCacheOptions.Kind)} to {nameof(CacheKind)}.{nameof(CacheKind.Shared)}.");
        }

        var logger = app.ApplicationServices.GetService<ILoggerFactory>()?.CreateLogger("CacheControl") ?? NullLogger.Instance;
        return app.Use(next => new HttpCacheMiddleware(next, cache, logger).InvokeAsync);
    }
}
