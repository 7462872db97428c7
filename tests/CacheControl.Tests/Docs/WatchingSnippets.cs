using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace HttpCaching.Tests.Docs;

/// <summary>The code of docs/observability.md, compiled.</summary>
internal static class WatchingSnippets
{
    public static void Registered(IServiceCollection services)
    {
        // snippet: watching-registered
        services.AddSingleton<IHttpCacheObserver, EvictionLog>();
        services.AddHttpClient("api").AddHttpCaching();

        var client = new HttpClient(new CachingHandler(new CachingHandlerSettings { Observers = [new EvictionLog()] })); // without registration

        // end
        client.Dispose();
    }

    public static void WithOpenTelemetry(IServiceCollection services)
    {
        // snippet: watching-opentelemetry
        services.AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddHttpCachingInstrumentation())
            .WithMetrics(metrics => metrics.AddHttpCachingInstrumentation());

        // end
    }

    public static void Upstream(HttpResponseMessage response)
    {
        // snippet: watching-upstream
        foreach (var cache in response.GetCacheStatus()!.Upstream)
        {
            Console.WriteLine($"{cache.Name}: {(cache.Hit ? "hit" : cache.Forward)}, fresh for {cache.TimeToLive}");
        }

        // end
    }

    // snippet: watching-observer
    public sealed class EvictionLog : IHttpCacheObserver
    {
        public HttpCacheEventKinds Kinds => HttpCacheEventKinds.Evicted | HttpCacheEventKinds.StoreFault;

        public void OnEvent(HttpCacheEvent cacheEvent)
        {
            switch (cacheEvent)
            {
                case HttpCacheEvicted evicted:
                    Console.WriteLine($"{evicted.Client}: {evicted.Uri} made room, {evicted.Bytes} bytes");
                    break;
                case HttpCacheStoreFault fault:
                    Console.WriteLine($"{fault.Client}: {fault.Operation} failed: {fault.Exception.Message}");
                    break;
            }
        }
    }

    // end
}
