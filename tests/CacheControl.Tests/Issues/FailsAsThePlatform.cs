using HttpCaching.Tests.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Issues;

/// <summary>Faults below the cache reach the caller as they would without it.</summary>
public sealed class FailsAsThePlatform
{
    public static TheoryData<string, bool, bool> Faults()
    {
        var data = new TheoryData<string, bool, bool>();
        foreach (var fault in new[] { "null", "throws", "throws later", "cancelled" })
        {
            foreach (var decodes in new[] { true, false })
            {
                data.Add(fault, decodes, true);
                data.Add(fault, decodes, false);
            }
        }

        return data;
    }

    [Theory]
    [Trait("Spec", "HTC-22")]
    [MemberData(nameof(Faults))]
    public async Task Send_HandlerBelowFails_FailsAsHttpClientDoes(string fault, bool collapses, bool sync)
    {
        using var plain = new HttpClient(new FaultyHandler(fault));
        using var cached = new HttpClient(new CachingHandler(new HttpCacheOptions { CollapseRequests = collapses }) { InnerHandler = new FaultyHandler(fault) });
        foreach (var (method, uri) in new[] { ("GET", "http://h/"), ("POST", "http://h/"), ("HEAD", "http://h/"), ("QUERY", "http://h/"), ("GET", "ws://h/") })
        {
            var expected = await FaultAsync(plain, method, uri, sync);
            expected.Should().NotBe("none");
            (await FaultAsync(cached, method, uri, sync)).Should().Be(expected, $"{method} {uri}");
        }
    }

    /// <summary>Followers of a flight whose leader got nothing: the same fault, in a response to each.</summary>
    [Fact]
    [Trait("Spec", "HTC-22")]
    public async Task Send_SeveralAtOnceOverAHandlerThatGivesNull_AllFailAsHttpClientDoes()
    {
        using var handler = new FaultyHandler("null");
        using var cached = new HttpClient(new CachingHandler { InnerHandler = handler });

        var faults = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => FaultAsync(cached, "GET", "http://h/", false)));

        faults.Should().AllBe("InvalidOperationException Handler did not return a response message.");
    }

    /// <summary>Any scheme is http on another port to the platform; here none but http and https is sent. The exceptions are the same.</summary>
    [Theory]
    [Trait("Spec", "HTC-22")]
    [InlineData("ftp://127.0.0.1:1/x", nameof(HttpRequestException))]
    [InlineData("ftp://127.0.0.1:1", nameof(HttpRequestException))]
    [InlineData("gopher://127.0.0.1:1/x", nameof(HttpRequestException))]
    [InlineData("ws://127.0.0.1:1/x", nameof(HttpRequestException))]
    [InlineData("file:///etc/passwd", nameof(UriFormatException))]
    [InlineData("data:text/plain,x", nameof(UriFormatException))]
    [InlineData("javascript:0", nameof(UriFormatException))]
    [InlineData("unknown:x", nameof(UriFormatException))]
    public async Task Get_RedirectToAnUnsupportedScheme_FailsAsThePlatform(string location, string exception)
    {
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = location;
            return Task.CompletedTask;
        });
        using var plain = new HttpClient(new SocketsHttpHandler());
        using var cached = new HttpClient(new CachingHandler());
        foreach (var sync in new[] { false, true })
        {
            foreach (var client in new[] { plain, cached })
            {
                (await FaultAsync(client, "GET", server.Address.AbsoluteUri, sync)).Should().StartWith(exception);
            }
        }
    }

    /// <summary>Nobody waits for the body of a redirect that never ends: eight hops, each of which would cost a second.</summary>
    [Theory]
    [Trait("Spec", "HTC-21")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Get_RedirectsWhoseBodiesStandStill_AreFollowedAtOnce(bool sync)
    {
        var arrived = new TaskCompletionSource();
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            var hop = int.Parse(context.Request.Path.Value![1..], null);
            if (hop == 8)
            {
                arrived.TrySetResult();
                await context.Response.WriteAsync("there");
                return;
            }

            context.Response.StatusCode = 302;
            context.Response.Headers.Location = $"/{hop + 1}";
            context.Response.Headers.CacheControl = "max-age=60";
            await context.Response.WriteAsync("moved");
            await context.Response.Body.FlushAsync();
            await arrived.Task;
        });
        using var client = new HttpClient(new CachingHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, "/0"));

        var since = TimeProvider.System.GetTimestamp();
        using var response = sync ? client.Send(request) : await client.SendAsync(request);

        (await response.Content.ReadAsStringAsync()).Should().Be("there");
        TimeProvider.System.GetElapsedTime(since).Should().BeLessThan(TimeSpan.FromSeconds(5));
    }

    /// <summary>A redirect below the cache tells the caller where it ended, with a limit to the caller's patience too.</summary>
    [Theory]
    [Trait("Spec", "HTC-9")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Get_ValidatedWithinTheSoftTimeoutAndRedirectedBelow_TellsTheFinalUri(bool isSoft)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var hasMoved = false;
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            context.Response.Headers.CacheControl = "max-age=60";
            if (hasMoved && context.Request.Path == "/old")
            {
                context.Response.StatusCode = 302;
                context.Response.Headers.Location = "/new";
                return Task.CompletedTask;
            }

            return context.Response.WriteAsync(context.Request.Path);
        });
        var options = new HttpCacheOptions { SoftTimeout = isSoft ? TimeSpan.FromMinutes(1) : null };
        using var client = new HttpClient(new CachingHandler(null, options, time) { InnerHandler = new SocketsHttpHandler() });
        (await client.GetStringAsync(new Uri(server.Address, "/old"))).Should().Be("/old");
        hasMoved = true;
        time.Advance(TimeSpan.FromMinutes(2));

        using var response = await client.GetAsync(new Uri(server.Address, "/old"));

        (await response.Content.ReadAsStringAsync()).Should().Be("/new");
        response.RequestMessage!.RequestUri.Should().Be(new Uri(server.Address, "/new"));
    }

    private static async Task<string> FaultAsync(HttpClient client, string method, string uri, bool sync)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), uri);
        try
        {
            using var response = sync ? client.Send(request) : await client.SendAsync(request);
            return "none";
        }
        catch (Exception exception)
        {
            return $"{exception.GetType().Name} {(exception is HttpRequestException ? string.Empty : exception.Message)}";
        }
    }

    private sealed class FaultyHandler(string fault) : HttpMessageHandler
    {
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) => fault switch
        {
            "null" => null!,
            "cancelled" => throw new OperationCanceledException("elsewhere"),
            _ => throw new FormatException("broken"),
        };

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            fault == "throws" ? throw new FormatException("broken") : LaterAsync(request, cancellationToken);

        private async Task<HttpResponseMessage> LaterAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return Send(request, cancellationToken);
        }
    }
}
