using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace HttpCaching.Tests.Docs;

/// <summary>The code of docs/aspnetcore.md, compiled.</summary>
internal static class AspNetCoreSnippets
{
    public delegate Task Forward(HttpContext context, string prefix, HttpMessageInvoker client);

    public static async Task Gateway(WebApplication app, Forward forward)
    {
        // snippet: aspnetcore-hits
        var upstream = new Uri("http://upstream:8080/");
        using var files = new FileHttpCacheStore("cache");
        using var memory = new MemoryHttpCacheStore();
        using var cache = new HttpCache(new TieredHttpCacheStore(memory, files), new HttpCacheOptions { Kind = CacheKind.Shared });
        using var client = new HttpMessageInvoker(new CachingHandler(cache) { InnerHandler = new SocketsHttpHandler { AllowAutoRedirect = false } });

        app.UseHttpCacheHits(cache, upstream);
        app.Run(context => forward(context, upstream.AbsoluteUri, client));
        await app.RunAsync();

        // end
    }

    public static void RemovedFields(WebApplication app, HttpCache cache, Uri upstream)
    {
        // snippet: aspnetcore-removed
        app.UseHttpCacheHits(cache, upstream, isRemoved: name => name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase));

        // end
    }
}
