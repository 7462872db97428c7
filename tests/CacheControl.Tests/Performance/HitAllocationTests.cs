using System.Net;

namespace HttpCaching.Tests.Performance;

/// <summary>
/// A hit on the memory store allocates what any handler must that answers with an independent response, and a small constant. Exact counts,
/// no times. Every test method runs on one thread to its end, so that the count of the thread is the count of the call.
/// </summary>
public sealed class HitAllocationTests
{
    /// <summary>Where the response keeps its status. The content is no larger than the platform's own.</summary>
    private const long Own = 8;

    /// <summary>The request's header collection and its options, which have to be looked at, and which there is no public way to look at without making them.</summary>
    private const long RequestHeaders = 48 + 104;

    private const int Calls = 2000;

    private const string Url = "https://api.example.com/v1/catalogue/products/123456/detail";

    private static readonly (string Name, string Value)[] ResponseFields =
    [
        ("Date", DateTimeOffset.UtcNow.ToString("r")),
        ("Cache-Control", "public, max-age=864000"),
        ("ETag", "\"5d8c72a5edda8d6a\""),
        ("Vary", "Accept-Encoding, Accept-Language"),
        ("Server", "nginx/1.25.3"),
        ("X-Request-Id", "0f8fad5b-d9cb-469f-a165-70867728950e"),
    ];

    [Theory]
    [Trait("Spec", "SRE-7")]
    [InlineData(1024)]
    [InlineData(64 * 1024)]
    [InlineData(1024 * 1024)]
    public void Hit_SharedRequest_AllocatesTheMessageAndASmallConstant(int bodyBytes)
    {
        using var request = Request();
        using var floor = Floor(bodyBytes);
        using var cache = Holding(request, bodyBytes);

        var least = Measure(() => Send(floor, request));
        var hit = Measure(() => Send(cache, request));

        (hit - least).Should().BeLessThanOrEqualTo(Own);
    }

    [Fact]
    public void Hit_FreshRequest_AllocatesItsHeaderCollectionBesides()
    {
        using var first = Request();
        using var floor = Floor(1024);
        using var cache = Holding(first, 1024);

        var least = Measure(() => SendFresh(floor));
        var hit = Measure(() => SendFresh(cache));

        (hit - least).Should().BeLessThanOrEqualTo(Own + RequestHeaders);
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(1024 * 1024)]
    public void Hit_ReadAsStream_AllocatesTheSameForEveryLength(int bodyBytes)
    {
        using var request = Request();
        using var floor = Floor(bodyBytes);
        using var cache = Holding(request, bodyBytes);
        var buffer = new byte[64 * 1024];

        var least = Measure(() => SendAndRead(floor, request, buffer));
        var hit = Measure(() => SendAndRead(cache, request, buffer));

        (hit - least).Should().BeLessThanOrEqualTo(Own);
    }

    private static HttpRequestMessage Request()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, Url);
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip, deflate, br");
        request.Headers.TryAddWithoutValidation("Accept-Language", "en-US,en;q=0.5");
        return request;
    }

    private static HttpMessageInvoker Floor(int bodyBytes) => new(new Canned(new byte[bodyBytes], withAge: true));

    /// <summary>A handler whose store holds the response; the fresh request has no fields, so for it there is a second variant.</summary>
    private static HttpMessageInvoker Holding(HttpRequestMessage request, int bodyBytes)
    {
        var invoker = new HttpMessageInvoker(new CachingHandler(new MemoryHttpCacheStore(new() { MaximumEntryBytes = 8 << 20 })) { InnerHandler = new Canned(new byte[bodyBytes], withAge: false) });
        var buffer = new byte[64 * 1024];
        SendAndRead(invoker, request, buffer);
        using var bare = new HttpRequestMessage(HttpMethod.Get, Url);
        SendAndRead(invoker, bare, buffer);

        using var second = invoker.SendAsync(request, CancellationToken.None).Result;
        second.GetCacheStatus()!.Hit.Should().BeTrue();
        return invoker;
    }

    private static void Send(HttpMessageInvoker invoker, HttpRequestMessage request)
    {
        using var response = invoker.SendAsync(request, CancellationToken.None).Result;
    }

    private static void SendFresh(HttpMessageInvoker invoker)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Url);
        Send(invoker, request);
    }

    private static void SendAndRead(HttpMessageInvoker invoker, HttpRequestMessage request, byte[] buffer)
    {
        using var response = invoker.SendAsync(request, CancellationToken.None).Result;
        using var stream = response.Content.ReadAsStreamAsync().Result;
        while (stream.Read(buffer) > 0)
        {
        }
    }

    /// <summary>Bytes for each call: the least of several counts, because code that is not optimised yet allocates more, and the text of an age anew each second.</summary>
    private static long Measure(Action call)
    {
        var least = long.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var j = 0; j < Calls; j++)
            {
                call();
            }

            least = Math.Min(least, (GC.GetAllocatedBytesForCurrentThread() - before) / Calls);
        }

        return least;
    }

    /// <summary>Answers every request out of memory.</summary>
    private sealed class Canned(byte[] body, bool withAge) : DelegatingHandler
    {
        private readonly string _length = body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request, Content = new ReadOnlyMemoryContent(body) };
            foreach (var (name, value) in ResponseFields)
            {
                response.Headers.TryAddWithoutValidation(name, value);
            }

            if (withAge)
            {
                response.Headers.TryAddWithoutValidation("Age", "0");
            }

            response.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json; charset=utf-8");
            response.Content.Headers.TryAddWithoutValidation("Content-Length", _length);
            response.Content.Headers.TryAddWithoutValidation("Last-Modified", "Mon, 01 Jun 2026 00:00:00 GMT");
            return Task.FromResult(response);
        }
    }
}
