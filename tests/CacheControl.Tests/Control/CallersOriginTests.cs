using System.Net;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Control;

/// <summary>An origin that is there as long as one caller waits: no other request reads a body along, and nothing goes on without the caller.</summary>
public sealed class CallersOriginTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly MemoryHttpCacheStore _store = new();

    [Theory]
    [InlineData("max-age=60", 1)]
    [InlineData("no-store", 3)]
    [InlineData("max-age=60, private", 3)]
    public async Task Requests_ForTheSame_WaitUntilItIsStored(string cacheControl, int exchanges)
    {
        using var cache = NewCache(new HttpCacheOptions { Kind = CacheKind.Shared });
        var gate = new TaskCompletionSource();
        var asked = 0;
        async Task<HttpResponseMessage> Origin(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref asked);
            await gate.Task;
            return Fresh(cacheControl);
        }

        var all = Enumerable.Range(0, 3).Select(_ => AskAsync(cache, Origin)).ToArray();
        asked.Should().Be(1);
        gate.SetResult();

        (await Task.WhenAll(all).WaitAsync(Patience)).Should().AllBe("hello");
        asked.Should().Be(exchanges);
    }

    [Fact]
    public async Task ABodyThatIsNotWhole_HasTheOthersAskForThemselves()
    {
        using var cache = NewCache(new HttpCacheOptions { Kind = CacheKind.Shared });
        var turn = 0;
        Task<HttpResponseMessage> Origin(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(Fresh(body: "hello" + Interlocked.Increment(ref turn)));
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://site.example/a");

        string second;
        using (var first = await cache.SendAsync(request, Origin))
        {
            var waiting = AskAsync(cache, Origin);
            waiting.IsCompleted.Should().BeFalse("the body is short, and may be stored in a moment");
            first.Dispose();
            second = await waiting.WaitAsync(Patience);
        }

        second.Should().Be("hello2");
        (await AskAsync(cache, Origin)).Should().Be("hello2");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ABodyThatIsLong_HoldsUpNobody(bool isDeclared)
    {
        using var cache = NewCache(new HttpCacheOptions { Kind = CacheKind.Shared });
        var long1 = new string('a', 70_000);
        Task<HttpResponseMessage> Origin(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = Fresh(body: long1);
            response.Content.Headers.ContentLength = isDeclared ? long1.Length : null;
            return Task.FromResult(response);
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, "http://site.example/a");
        using var first = await cache.SendAsync(request, Origin);
        using var body = await first.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[66_000]);

        (await AskAsync(cache, Origin).WaitAsync(Patience)).Should().Be(long1);
    }

    [Theory]
    [InlineData("max-age=60, stale-while-revalidate=600", null)]
    [InlineData("max-age=60", null)]
    [InlineData("max-age=60", 1.0)]
    public async Task AStaleResponse_IsValidatedFirst(string cacheControl, double? softTimeout)
    {
        using var cache = NewCache(new HttpCacheOptions
        {
            Kind = CacheKind.Shared,
            StaleWhileRevalidate = TimeSpan.FromSeconds(600),
            StaleIfError = TimeSpan.FromSeconds(600),
            SoftTimeout = softTimeout is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            ValidationTimeout = TimeSpan.FromSeconds(1),
        });
        var turn = 0;
        async Task<HttpResponseMessage> Origin(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (++turn == 2)
            {
                _time.Advance(TimeSpan.FromSeconds(10));
                await Task.Yield();
                cancellationToken.IsCancellationRequested.Should().BeFalse();
            }

            return Fresh(cacheControl, "hello" + turn);
        }

        (await AskAsync(cache, Origin)).Should().Be("hello1");
        _time.Advance(TimeSpan.FromSeconds(61));

        (await AskAsync(cache, Origin)).Should().Be("hello2");
        await cache.Controller.Background.WhenIdleAsync();
        turn.Should().Be(2);
    }

    [Fact]
    public async Task AResponseInNeedOfAnEarlyRefresh_IsServed_AndLeftAlone()
    {
        var options = new HttpCacheOptions { Kind = CacheKind.Shared };
        options.Freshness.EagerRefreshAfter = 0.5;
        using var cache = NewCache(options);
        var turn = 0;
        Task<HttpResponseMessage> Origin(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(Fresh(body: "hello" + ++turn));

        await AskAsync(cache, Origin);
        _time.Advance(TimeSpan.FromSeconds(50));

        (await AskAsync(cache, Origin)).Should().Be("hello1");
        await cache.Controller.Background.WhenIdleAsync();
        turn.Should().Be(1);
    }

    [Fact]
    public async Task ABodyWithoutLength_IsNotTakenForADecodedOne()
    {
        using var cache = NewCache(new HttpCacheOptions { Kind = CacheKind.Shared });
        Task<HttpResponseMessage> Origin(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(Fresh());

        await AskAsync(cache, Origin, "gzip");
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://site.example/a") { Headers = { { "Accept-Encoding", "gzip" }, { "Range", "bytes=1-2" } } };
        using var part = await cache.SendAsync(request, Origin);

        part.StatusCode.Should().Be(HttpStatusCode.PartialContent);
        (await part.Content.ReadAsStringAsync()).Should().Be("el");
    }

    [Fact]
    public async Task AnOriginThatAsksThroughAClientOfTheCache_WaitsForNothingOfItself()
    {
        using var cache = NewCache(new HttpCacheOptions { Kind = CacheKind.Shared });
        using var client = new HttpMessageInvoker(new CachingHandler(cache) { InnerHandler = new Upstream() });

        (await AskAsync(cache, client.SendAsync).WaitAsync(Patience)).Should().Be("upstream");
        (await AskAsync(cache, (_, _) => throw new InvalidOperationException("It is stored."))).Should().Be("upstream");
    }

    [Fact]
    public async Task AServersResponse_IsFoundAndExplained_IfItIsAskedFor()
    {
        using var cache = NewCache(new HttpCacheOptions { Kind = CacheKind.Shared });
        await AskAsync(cache, (_, _) => Task.FromResult(Fresh()));
        using var ofClient = new HttpRequestMessage(HttpMethod.Get, "http://site.example/a");
        using var ofServer = new HttpRequestMessage(HttpMethod.Get, "http://site.example/a").WithServerResponses();

        (await cache.FindAsync(ofClient)).Should().BeEmpty();
        (await cache.ExplainAsync(ofClient)).Expected.Hit.Should().BeFalse();
        (await cache.FindAsync(ofServer)).Should().ContainSingle();
        (await cache.ExplainAsync(ofServer)).Expected.Hit.Should().BeTrue();
    }

    [Fact]
    public async Task ARequestOfAClient_FindsNoResponseOfTheServer_WhateverItSays()
    {
        using var cache = NewCache(new HttpCacheOptions { Kind = CacheKind.Shared });
        await AskAsync(cache, (_, _) => Task.FromResult(Fresh(body: "server")));
        using var client = new HttpMessageInvoker(new CachingHandler(cache) { InnerHandler = new Upstream() });
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://site.example/a").WithServerResponses();

        using var response = await client.SendAsync(request, CancellationToken.None);
        (await response.Content.ReadAsStringAsync()).Should().Be("upstream");
    }

    [Fact]
    public void TheKind_IsThatOfTheOptions()
    {
        using var own = new HttpCache();
        using var shared = NewCache(new HttpCacheOptions { Kind = CacheKind.Shared });

        own.Kind.Should().Be(CacheKind.Private);
        shared.Kind.Should().Be(CacheKind.Shared);
    }

    public void Dispose() => _store.Dispose();

    private static HttpResponseMessage Fresh(string cacheControl = "max-age=60", string body = "hello") => new(HttpStatusCode.OK)
    {
        Content = new StreamContent(new Unseekable(System.Text.Encoding.UTF8.GetBytes(body))),
        Headers = { { "Cache-Control", cacheControl } },
    };

    private static async Task<string> AskAsync(HttpCache cache, Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> origin, string? coding = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://site.example/a");
        if (coding is not null)
        {
            request.Headers.Add("Accept-Encoding", coding);
        }

        using var response = await cache.SendAsync(request, origin);
        return await response.Content.ReadAsStringAsync();
    }

    private HttpCache NewCache(HttpCacheOptions options) => new(_store, options, _time);

    private sealed class Upstream : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(Fresh(body: "upstream"));
    }

    private sealed class Unseekable(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
