using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using HttpCaching;
using HttpCaching.Storage;
using Yarp.ReverseProxy.Forwarder;

namespace EdgeCache;

/// <summary>The cache as a reverse proxy: Kestrel, the hits of the cache, and for all else YARP's forwarder, <see cref="CachingHandler"/>, the network.</summary>
public static class EdgeServer
{
    // A directory does not tell of changes by other processes: after this time it is looked at again. An engine tells of them.
    private static readonly TimeSpan UntilOthersAreSeen = TimeSpan.FromSeconds(10);

    /// <summary>Serves until it is told to stop. Returns the exit code.</summary>
    internal static async Task<int> RunAsync(EdgeOptions options, CancellationToken cancellationToken)
    {
        IHttpCacheStore back;
        try
        {
            back = options.Redis is { } engine ? new RedisHttpCacheStore(engine) : new FileHttpCacheStore(options.Directory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            await Console.Error.WriteLineAsync($"There is no place to keep responses: {exception.Message}");
            return 1;
        }

        using var memory = new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { MaximumBytes = options.MemoryBytes });
        using var disposeBack = (IDisposable)back;
        var tiers = new TieredHttpCacheStoreOptions { MaximumAge = UntilOthersAreSeen };
        using var store = new TieredHttpCacheStore(memory, back, tiers);
        await using var app = Build(options);
        using var cache = CreateCache(store, app.Services);
        using var handler = new CachingHandler(cache) { InnerHandler = CreateNetwork() };
        using var invoker = new HttpMessageInvoker(handler);
        if (options.Management is { } management)
        {
            app.MapWhen(context => context.Connection.LocalPort == management.Port, branch => branch.Run(context => ManageAsync(context, cache, options.Upstream)));
        }

        var forwarder = app.Services.GetRequiredService<IHttpForwarder>();
        var (prefix, transformer) = (options.Upstream.GetLeftPart(UriPartial.Path), new UpstreamTransformer());
        var config = new ForwarderRequestConfig { ActivityTimeout = options.Timeout };
        if (options.Upstream.UserInfo.Length == 0)
        {
            app.UseHttpCacheHits(cache, new Uri(prefix), ClaimedFields.Contains);
        }

        app.Run(context => HttpMethods.IsConnect(context.Request.Method)
            ? RefuseTunnel(context.Response)
            : forwarder.SendAsync(context, prefix, invoker, config, transformer).AsTask());
        await app.RunAsync(cancellationToken);
        return 0;
    }

    /// <summary>A gateway to one server opens no tunnels (RFC 9110 §9.3.6).</summary>
    private static Task RefuseTunnel(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        response.Headers.Allow = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
        return Task.CompletedTask;
    }

    private static HttpCache CreateCache(IHttpCacheStore store, IServiceProvider services) => new(
        store,
        new HttpCacheOptions
        {
            Kind = CacheKind.Shared,
            Extensions = { TargetedFields = { "CDN-Cache-Control" } },
            CacheStatusName = "EdgeCache",
        },
        timeProvider: null,
        services.GetRequiredService<ILoggerFactory>(),
        services.GetRequiredService<IMeterFactory>());

    /// <summary>The way to the upstream. What a proxy has to pass on as it is (redirects, codings, cookies) is left alone.</summary>
    private static SocketsHttpHandler CreateNetwork() => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(15),
        ActivityHeadersPropagator = new ReverseProxyPropagator(DistributedContextPropagator.Current),
        RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1,
        ResponseHeaderEncodingSelector = (_, _) => Encoding.Latin1,
    };

    private static WebApplication Build(EdgeOptions options)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls([.. options.Urls.Split(';'), .. options.Management is { } management ? [management.ToString()] : Array.Empty<string>()]);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
            kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
        });

        // Faults are logged, requests are not; Logging:LogLevel in the environment or appsettings.json says otherwise.
        builder.Logging.AddFilter("Yarp", LogLevel.Warning).AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

        // It logs requests, of which no line passes the filter above; but while it is on at all, each request has an activity and a scope.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder.Services.AddHttpForwarder();
        return builder.Build();
    }

    private static async Task ManageAsync(HttpContext context, HttpCache cache, Uri upstream)
    {
        var (request, response) = (context.Request, context.Response);
        switch (request.Path.Value)
        {
            case "/healthz" when HttpMethods.IsGet(request.Method):
                await response.WriteAsync("ok\n");
                break;

            case "/purge" when HttpMethods.IsPost(request.Method) && request.Query["path"] is [{ } path] && path.StartsWith('/'):
                await cache.InvalidateAsync(new Uri(upstream.GetLeftPart(UriPartial.Path).TrimEnd('/') + path), context.RequestAborted);
                response.StatusCode = StatusCodes.Status204NoContent;
                break;

            default:
                response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }
}
