using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HttpCaching.Tests.Docs;

/// <summary>The code of docs/response-cache.md, compiled.</summary>
internal static class ResponseCacheSnippets
{
    public static async Task Server(string[] args)
    {
        // snippet: response-cache
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddHttpCaching(options => options.Kind = CacheKind.Shared);

        var app = builder.Build();
        app.UseHttpCache();
        app.MapGet("/prices", (HttpResponse response) =>
        {
            response.Headers.CacheControl = "max-age=60";
            response.Headers.ETag = "\"2026-11-30\"";
            return "4.20";
        });
        await app.RunAsync();

        // end
    }

    public static void OwnCache(WebApplication app)
    {
        // snippet: response-cache-own
        using var cache = new HttpCache(new TieredHttpCacheStore(new MemoryHttpCacheStore(), new FileHttpCacheStore("responses")), new HttpCacheOptions
        {
            Kind = CacheKind.Shared,
            CacheStatusName = "shop",
        });
        app.UseHttpCache(cache);

        // end
    }
}
