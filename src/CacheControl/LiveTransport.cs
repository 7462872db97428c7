using HttpCaching.Control;

namespace HttpCaching;

/// <summary>
/// The handlers below the cache in the current pipeline of a client. <see cref="IHttpClientFactory"/> replaces pipelines, and disposes an old one when
/// its first handler is no longer referenced, even while its other handlers still send. So the first handler is kept here.
/// </summary>
/// <param name="top">The pipeline's first handler.</param>
/// <param name="cache">The handler of the same cache in it.</param>
internal sealed class LiveTransport(HttpMessageHandler top, IOriginTransport cache) : IOriginTransport
{
    /// <summary>
    /// The live pipeline, entered where the cache stands: the handlers above it have seen the request already, and what they add may be another caller's.
    /// Null if it can't be made, as after the end of the services, or has no such cache.
    /// </summary>
    public static LiveTransport? Find(Func<HttpMessageHandler> pipeline, HttpCache cache)
    {
        try
        {
            var top = pipeline();
            for (HttpMessageHandler? handler = top; handler is not null; handler = (handler as DelegatingHandler)?.InnerHandler)
            {
                if (handler is CachingHandler found && ReferenceEquals(found.Cache, cache))
                {
                    return new LiveTransport(top, found);
                }
            }
        }
        catch (Exception)
        {
            // Whatever keeps the program from building a pipeline: the one that the request came through may still do.
        }

        return null;
    }

    /// <inheritdoc/>
    public async ValueTask<HttpResponseMessage> SendAsync(HttpRequestMessage request, bool async, CancellationToken cancellationToken)
    {
        var response = await cache.SendAsync(request, async, cancellationToken).ConfigureAwait(false);
        GC.KeepAlive(top);
        return response;
    }

    /// <inheritdoc/>
    public bool MayDecode => cache.MayDecode;

    /// <inheritdoc/>
    public IOriginTransport Lasting() => this;
}
