using HttpCaching;

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
}
