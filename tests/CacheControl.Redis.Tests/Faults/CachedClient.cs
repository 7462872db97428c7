using System.Diagnostics;
using HttpCaching.Redis.Tests.Engines;

namespace HttpCaching.Redis.Tests.Faults;

/// <summary>A client with a cache over a store, and an origin that counts.</summary>
internal sealed class CachedClient : IDisposable
{
    public static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(1);

    // What a request may take beside the waits for the store, on a machine that is busy with other things.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(5);

    private readonly HttpClient _client;

    public CachedClient(IHttpCacheStore store, int bodyBytes = 1000)
    {
        Origin = new CountingOrigin(bodyBytes);
        var options = new HttpCacheOptions { Store = { Timeout = StoreTimeout, Pause = TimeSpan.FromMilliseconds(200) } };
        _client = new HttpClient(new CachingHandler(store, options) { InnerHandler = Origin });
    }

    public CountingOrigin Origin { get; }

    /// <summary>Requests a path, and looks at the answer: always whole and in time, whatever the store does.</summary>
    /// <returns>Whether the origin was not asked.</returns>
    public async Task<bool> IsHitAsync(string path)
    {
        var before = Origin.Requests;
        var start = Stopwatch.GetTimestamp();
        using var response = await _client.GetAsync("https://example.org/" + path, HttpCompletionOption.ResponseHeadersRead);
        (await response.Content.ReadAsByteArrayAsync()).Should().Equal(Origin.Body);
        Stopwatch.GetElapsedTime(start).Should().BeLessThan((StoreTimeout * 4) + Slack);
        return Origin.Requests == before;
    }

    /// <summary>Requests a path until it is answered from the store.</summary>
    public Task UntilHitAsync(string path) => Wait.UntilAsync(() => IsHitAsync(path), "for a hit");

    public Task<HttpResponseMessage> GetAsync(string path) =>
        _client.GetAsync("https://example.org/" + path, HttpCompletionOption.ResponseHeadersRead);

    public void Dispose() => _client.Dispose();
}
