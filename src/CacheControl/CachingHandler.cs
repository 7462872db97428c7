using System.Net;
using HttpCaching.Control;
using HttpCaching.Http;

namespace HttpCaching;

/// <summary>
/// The HTTP cache as a handler in <see cref="HttpClient"/>'s pipeline (RFC 9111). Without an inner handler it sets the pipeline up: a
/// <see cref="SocketsHttpHandler"/> below, redirects and decompression above. So the cache stores each hop of a redirect, and the encoded bytes.
/// </summary>
public sealed class CachingHandler : DelegatingHandler, IOriginTransport
{
    private readonly HttpCache _cache;
    private readonly bool _ownsCache;
    private readonly Lock _gate = new();
    private HttpMessageInvoker? _own;

    /// <summary>Creates a handler over a private cache in memory.</summary>
    public CachingHandler()
        : this(new HttpCache(), ownsCache: true)
    {
    }

    /// <summary>Creates a handler over a private cache in a given store.</summary>
    /// <param name="store">The store for the responses. The caller disposes it.</param>
    public CachingHandler(IHttpCacheStore store)
        : this(new HttpCache(store), ownsCache: true)
    {
    }

    /// <summary>Creates a handler with a cache of its own.</summary>
    /// <param name="store">The store for the responses, which the caller disposes; <see langword="null"/> for memory.</param>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    /// <param name="timeProvider">The clock; <see langword="null"/> for the system's.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The options are invalid; the message lists every error and its remedy.</exception>
    public CachingHandler(IHttpCacheStore? store, HttpCacheOptions? options, TimeProvider? timeProvider = null)
        : this(new HttpCache(store, options, timeProvider), ownsCache: true)
    {
    }

    /// <summary>Creates a handler with a cache of its own in memory.</summary>
    /// <param name="options">The options.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The options are invalid; the message lists every error and its remedy.</exception>
    public CachingHandler(HttpCacheOptions options)
        : this(new HttpCache(null, options), ownsCache: true)
    {
    }

    /// <summary>Creates a handler with a cache of its own that logs and measures.</summary>
    /// <param name="settings">The store, the options, where logs go and meters are made.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The options are invalid; the message lists every error and its remedy.</exception>
    public CachingHandler(CachingHandlerSettings settings)
        : this(CacheOf(settings), ownsCache: true)
    {
    }

    /// <summary>Creates a handler over a cache that other handlers may share. The cache outlives the handler.</summary>
    /// <param name="cache">The cache. The caller disposes it.</param>
    public CachingHandler(HttpCache cache)
        : this(cache, ownsCache: false)
    {
        ArgumentNullException.ThrowIfNull(cache);
    }

    private CachingHandler(HttpCache cache, bool ownsCache)
    {
        _cache = cache;
        _ownsCache = ownsCache;
    }

    /// <summary>The cache behind the handler.</summary>
    public IHttpCache Cache => _cache;

    /// <summary>Makes the pipeline that the client has at that time; null if no factory rotates the handlers.</summary>
    internal Func<HttpMessageHandler>? LivePipeline { get; set; }

    /// <inheritdoc/>
    ValueTask<HttpResponseMessage> IOriginTransport.SendAsync(HttpRequestMessage request, bool async, CancellationToken cancellationToken) =>
        async ? new ValueTask<HttpResponseMessage>(base.SendAsync(request, cancellationToken)) : new ValueTask<HttpResponseMessage>(SendToInner(request, cancellationToken));

    /// <inheritdoc/>
    bool IOriginTransport.MayDecode => PrimaryHandler.MayDecode(InnerHandler);

    /// <inheritdoc/>
    IOriginTransport IOriginTransport.Lasting() => LivePipeline is null ? this : LiveTransport.Find(LivePipeline, _cache) ?? (IOriginTransport)this;

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (OwnPipeline() is { } pipeline)
        {
            return pipeline.SendAsync(request, cancellationToken);
        }

        return SendThroughAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return OwnPipeline() is { } pipeline ? pipeline.Send(request, cancellationToken) : SendBelow(request, cancellationToken);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _own?.Dispose();
            if (_ownsCache)
            {
                _cache.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private static HttpCache CacheOf(CachingHandlerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new HttpCache(settings, null, observersCome: false);
    }

    private Task<HttpResponseMessage> SendThroughAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _cache.Controller.Straight?.TryAnswer(request) is { } hit ? Task.FromResult<HttpResponseMessage>(hit) : WalkAsync(request, cancellationToken);

    private Task<HttpResponseMessage> WalkAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = _cache.Controller.SendAsync(request, this, async: true, cancellationToken);
        return answer.IsCompletedSuccessfully ? Task.FromResult(answer.Result) : answer.AsTask();
    }

    private HttpResponseMessage SendToInner(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // Handlers below may use other caches; that does not concern this one.
        using var own = BlockingCalls.Enter(blocks: false);
        return base.Send(request, cancellationToken);
    }

    private HttpResponseMessage SendBelow(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (_cache.Controller.Straight?.TryAnswer(request) is { } hit)
        {
            return hit;
        }

        using var blocking = BlockingCalls.Enter(blocks: true);
        var answer = _cache.Controller.SendAsync(request, this, async: false, cancellationToken);
        try
        {
            return answer.IsCompletedSuccessfully ? answer.Result : answer.AsTask().GetAwaiter().GetResult();
        }
        catch (OperationCanceledException exception) when (exception is not TaskCanceledException && cancellationToken.IsCancellationRequested)
        {
            // The platform's handlers throw this one, and HttpClient passes it on when it was disposed.
            throw new TaskCanceledException(exception.Message, exception, cancellationToken);
        }
    }

    /// <summary>The pipeline to use if no inner handler was set before the first request; null if one was.</summary>
    private HttpMessageInvoker? OwnPipeline() => InnerHandler is not null && _own is null ? null : MakeOwnPipeline();

    private HttpMessageInvoker? MakeOwnPipeline()
    {
        lock (_gate)
        {
            if (_own is not null)
            {
                return _own;
            }

            if (InnerHandler is not null)
            {
                return null;
            }

            // The default of HttpClient: it follows redirects and decodes nothing.
            var primary = new SocketsHttpHandler();
            var redirects = _cache.MaximumRedirects ?? primary.MaxAutomaticRedirections;
            primary.AllowAutoRedirect = false;
            InnerHandler = primary;
            HttpMessageHandler top = new Entrance(this);
            if (_cache.Decompression is { } codings and not DecompressionMethods.None)
            {
                top = new DecompressionHandler(codings, _cache.CodingReports) { InnerHandler = top };
            }

            if (redirects > 0)
            {
                top = new RedirectHandler(redirects) { InnerHandler = top };
            }

            return _own = new HttpMessageInvoker(top, disposeHandler: false);
        }
    }

    /// <summary>The point where the handlers above re-enter the cache.</summary>
    private sealed class Entrance(CachingHandler cache) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            cache.SendThroughAsync(request, cancellationToken);

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
            cache.SendBelow(request, cancellationToken);
    }
}
