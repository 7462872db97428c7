using System.Net;

namespace HttpCaching.StressHost;

/// <summary>Changes a resource through a cache whose engine is away, and is killed before it could tell the engine.</summary>
internal static class OwedRemoval
{
    public static async Task<int> RunAsync(string engine, string prefix, string uri, string directory)
    {
        using var store = new RedisHttpCacheStore(engine, new RedisHttpCacheStoreOptions { Prefix = prefix });
        using var cache = new HttpCache(store, new HttpCacheOptions { Store = { PendingRemovalsDirectory = directory.Length == 0 ? null : directory } });
        using var client = new HttpClient(new CachingHandler(cache) { InnerHandler = new Origin() });
        using var warm = await client.GetAsync(new Uri(uri + "/warm"));
        Console.WriteLine("ready");
        await Console.In.ReadLineAsync();
        using var put = await client.PutAsync(new Uri(uri), null);
        Console.WriteLine(put.IsSuccessStatusCode ? "done" : "failed");
        await Console.In.ReadLineAsync();
        return 0;
    }

    private sealed class Origin : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request });
    }
}
