using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Issues;

/// <summary>A client over a cache on one of the stores; a store that lasts is opened anew by each site on its directory.</summary>
internal sealed class PartSite : IDisposable
{
    private readonly IDisposable[] _stores;

    public PartSite(string store, string directory, FakeTimeProvider? time = null, HttpMessageHandler? below = null)
    {
        IHttpCacheStore back = store switch
        {
            "file" or "tiered" => new FileHttpCacheStore(directory),
            "sqlite" => new SqliteHttpCacheStore(Path.Combine(directory, "cache.db")),
            _ => new MemoryHttpCacheStore(),
        };
        IHttpCacheStore top = store == "tiered" ? new TieredHttpCacheStore(new MemoryHttpCacheStore(), back) : back;
        _stores = [.. new object[] { top, back }.OfType<IDisposable>().Distinct()];
        Cache = new HttpCache(top, null, time ?? TimeProvider.System);
        Client = new HttpClient(new CachingHandler(Cache) { InnerHandler = below ?? new SocketsHttpHandler() });
    }

    /// <summary>The stores that can be opened a second time on what the first one has written.</summary>
    public static TheoryData<string> Lasting => ["file", "sqlite", "tiered"];

    public static TheoryData<string> All => ["memory", "file", "sqlite", "tiered"];

    public HttpCache Cache { get; }

    public HttpClient Client { get; }

    /// <summary>Reads as much of a response as is wanted, and leaves it there; null for all of it, to the end of the stream.</summary>
    public async Task<byte[]> GetAsync(Uri uri, int? stopAfter = null, bool isBlocking = false, params (string Name, string Value)[] fields)
    {
        using var request = Control.CacheFixture.Request("GET", uri.AbsoluteUri, fields);
        using var response = isBlocking
            ? Client.Send(request, HttpCompletionOption.ResponseHeadersRead)
            : await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var stream = isBlocking ? response.Content.ReadAsStream() : await response.Content.ReadAsStreamAsync();
        var seen = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (stopAfter is null || seen.Length < stopAfter)
        {
            var count = isBlocking ? stream.Read(buffer) : await stream.ReadAsync(buffer);
            if (count == 0)
            {
                break;
            }

            seen.Write(buffer, 0, count);
        }

        return seen.ToArray();
    }

    /// <summary>Waits until all that is to be stored is.</summary>
    public Task WhenStoredAsync() => Cache.Controller.WhenStoredAsync();

    public void Dispose()
    {
        Client.Dispose();
        Cache.Dispose();
        Array.ForEach(_stores, s => s.Dispose());
    }
}
