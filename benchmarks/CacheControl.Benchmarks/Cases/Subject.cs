using HttpCaching.Benchmarks.Floors;

namespace HttpCaching.Benchmarks.Cases;

/// <summary>What is measured: an invoker over a cache in memory whose origin answers at once, and the calls that all cases make.</summary>
internal sealed class Subject : IDisposable
{
    public const string ShortUrl = "https://api.example.com/v1/catalogue/products/123456/detail";

    public static readonly string LongUrl = ShortUrl + "?fields=" + new string('a', 214 - ShortUrl.Length - 8);

    // Small enough to be full soon: what a miss costs does not change then, and includes what makes room for it.
    private readonly MemoryHttpCacheStore _store = new(new() { MaximumBytes = 32 << 20 });
    private readonly HttpCache _cache;

    private Subject(HttpMessageHandler origin, HttpCacheOptions? options = null, IHttpCacheStore? store = null)
    {
        _cache = new HttpCache(store ?? _store, options);
        Invoker = new HttpMessageInvoker(new CachingHandler(_cache) { InnerHandler = origin });
    }

    public HttpMessageInvoker Invoker { get; }

    /// <summary>A cache over an origin that may be asked at any time.</summary>
    public static Subject Over(HttpMessageHandler origin, HttpCacheOptions? options = null) => new(origin, options);

    /// <summary>A cache in another store, which the caller disposes.</summary>
    public static Subject Over(IHttpCacheStore store, HttpMessageHandler origin) => new(origin, store: store);

    /// <summary>A cache that holds the response to a request.</summary>
    public static Subject Holding(HttpRequestMessage request, int bytes, bool varies = false)
    {
        var subject = new Subject(new OnceOrigin(new byte[bytes], varies));
        var buffer = new byte[64 * 1024];
        SendAndRead(subject.Invoker, request, buffer);
        using var second = subject.Invoker.SendAsync(request, CancellationToken.None).GetAwaiter().GetResult();
        return second.GetCacheStatus() is { Hit: true } ? subject : throw new InvalidOperationException("The response was not stored.");
    }

    public static HttpRequestMessage Get(string url) => new(HttpMethod.Get, url);

    /// <summary>A request with three fields, as browsers and typed clients send them.</summary>
    public static HttpRequestMessage GetWithFields(string url)
    {
        var request = Get(url);
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip, deflate, br");
        request.Headers.TryAddWithoutValidation("Accept-Language", "en-US,en;q=0.5");
        return request;
    }

    /// <summary>Sends and disposes; the body is not read.</summary>
    public static int Send(HttpMessageInvoker invoker, HttpRequestMessage request)
    {
        using var response = invoker.SendAsync(request, CancellationToken.None).Result;
        return (int)response.StatusCode;
    }

    /// <summary>Sends and reads the body as a stream to its end.</summary>
    public static int SendAndRead(HttpMessageInvoker invoker, HttpRequestMessage request, byte[] buffer)
    {
        using var response = invoker.SendAsync(request, CancellationToken.None).Result;
        using var stream = response.Content.ReadAsStreamAsync().Result;
        var total = 0;
        for (int count; (count = stream.Read(buffer)) > 0;)
        {
            total += count;
        }

        return total;
    }

    public void Dispose()
    {
        Invoker.Dispose();
        _cache.Dispose();
        _store.Dispose();
    }

    private sealed class OnceOrigin(ReadOnlyMemory<byte> body, bool varies) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(SampleResponse.MakeStorable(request, body, varies));
    }
}
