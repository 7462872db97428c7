using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Http;

/// <summary>What only the platform's own handlers and real connections show.</summary>
public sealed class PlatformTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    [Fact]
    [Trait("Spec", "HTC-8")]
    public async Task Get_ThousandValidationsOverOneConnection_NeverWaitForIt()
    {
        await using var server = await LoopbackServer.StartAsync(Validated);
        using var client = Over(new SocketsHttpHandler { MaxConnectionsPerServer = 1 });
        for (var i = 0; i < 1000; i++)
        {
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            using var response = await client.GetAsync(server.Address, timeout.Token);
            (await response.Content.ReadAsStringAsync(timeout.Token)).Should().Be("body");
            _time.Advance(TimeSpan.FromSeconds(2));
        }

        server.Requests.Should().HaveCount(1000);
    }

    [Fact]
    [Trait("Spec", "HTC-1")]
    public async Task Send_SyncOverSockets_IsCachedAndDoesNotDeadlock()
    {
        await using var server = await LoopbackServer.StartAsync(Fresh);
        using var client = Over(new SocketsHttpHandler());

        SendSync(client, HttpMethod.Get, server.Address).Should().Be("GET");
        SendSync(client, HttpMethod.Get, server.Address).Should().Be("GET");
        server.Requests.Should().HaveCount(1);
        SendSync(client, HttpMethod.Put, server.Address);
        SendSync(client, HttpMethod.Get, server.Address);
        server.Requests.Should().HaveCount(3);
    }

    [Fact]
    [Trait("Spec", "HTC-4")]
    [Trait("Spec", "VLD-13")]
    [Trait("Spec", "INV-5")]
    public async Task Get_RedirectsFollowedBelow_AreNotBoundToTheFirstUri()
    {
        var movedIsLive = false;
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            if (context.Request.Path == "/a" && (movedIsLive || context.Request.Method != "GET"))
            {
                context.Response.StatusCode = 303;
                context.Response.Headers.Location = "/b";
                return;
            }

            context.Response.Headers.CacheControl = "max-age=10";
            context.Response.Headers.ETag = "\"same\"";
            if (context.Request.Headers.IfNoneMatch == "\"same\"")
            {
                context.Response.StatusCode = 304;
                return;
            }

            await context.Response.WriteAsync(context.Request.Path);
        });
        using var client = Over(new SocketsHttpHandler { AllowAutoRedirect = true });
        var a = new Uri(server.Address, "/a");
        (await client.GetStringAsync(a)).Should().Be("/a");

        using (var post = await client.PostAsync(a, null))
        {
            post.RequestMessage!.RequestUri!.AbsolutePath.Should().Be("/b");
        }

        server.Requests.Clear();
        (await client.GetStringAsync(a)).Should().Be("/a");
        server.Requests.Should().HaveCount(1, "the POST has invalidated it");

        movedIsLive = true;
        _time.Advance(TimeSpan.FromSeconds(11));
        (await client.GetStringAsync(a)).Should().Be("/b", "the 304 spoke of /b");
        (await client.GetStringAsync(a)).Should().Be("/b");
        (await client.GetAsync(a)).GetCacheStatus()!.Hit.Should().BeFalse();
    }

    [Fact]
    [Trait("Spec", "HTC-4")]
    public async Task Get_PipelineOfTheCache_FollowsAndStoresEachHop()
    {
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            context.Response.Headers.CacheControl = "max-age=60";
            if (context.Request.Path == "/a")
            {
                context.Response.StatusCode = 302;
                context.Response.Headers.Location = "/b";
                return;
            }

            await context.Response.WriteAsync("b");
        });
        using var client = new HttpClient(new CachingHandler(null, new HttpCacheOptions(), _time));

        (await client.GetStringAsync(new Uri(server.Address, "/a"))).Should().Be("b");
        (await client.GetStringAsync(new Uri(server.Address, "/a"))).Should().Be("b");
        (await client.GetStringAsync(new Uri(server.Address, "/b"))).Should().Be("b");

        server.Requests.Should().HaveCount(2);
    }

    [Fact]
    [Trait("Spec", "HTC-2")]
    [Trait("Spec", "HTC-5")]
    [Trait("Spec", "RNG-8")]
    [Trait("Spec", "HED-3")]
    public async Task Get_DecompressedBelow_IsReusedWholeButNotCut()
    {
        await using var server = await LoopbackServer.StartAsync(Gzipped);
        using var client = Over(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.GZip });
        (await client.GetStringAsync(server.Address)).Should().HaveLength(5000);

        using var hit = await client.GetAsync(server.Address);
        hit.GetCacheStatus()!.Hit.Should().BeTrue("Vary: Accept-Encoding is compared with what the caller sent");
        (await hit.Content.ReadAsStringAsync()).Should().HaveLength(5000);

        using var range = new HttpRequestMessage(HttpMethod.Get, server.Address) { Headers = { { "Range", "bytes=0-9" } } };
        using var part = await client.SendAsync(range);
        part.GetCacheStatus()!.Reason.Should().Be(CacheReason.RangeNotServed);
        server.Requests.Should().HaveCount(2);

        // A HEAD tells the length of the encoded bytes, which says nothing against the decoded ones.
        using var head = new HttpRequestMessage(HttpMethod.Head, server.Address) { Headers = { { "Cache-Control", "no-cache" } } };
        using var answered = await client.SendAsync(head);
        (await client.GetAsync(server.Address)).GetCacheStatus()!.Hit.Should().BeTrue();
    }

    [Fact]
    [Trait("Spec", "HTC-5")]
    public async Task Get_IdentityWithAutomaticDecompression_IsNotTakenForDecoded()
    {
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            context.Response.Headers.CacheControl = "max-age=60";
            context.Response.ContentLength = 10;
            await context.Response.WriteAsync("0123456789");
        });
        using var client = Over(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All });
        await client.GetStringAsync(server.Address);

        using var range = new HttpRequestMessage(HttpMethod.Get, server.Address) { Headers = { { "Range", "bytes=2-3" } } };
        using var part = await client.SendAsync(range);

        (part.StatusCode, await part.Content.ReadAsStringAsync()).Should().Be((HttpStatusCode.PartialContent, "23"));
        server.Requests.Should().HaveCount(1);
    }

    [Fact]
    [Trait("Spec", "HTC-18")]
    public async Task Get_CredentialsAddedBelowASharedCache_AreSeen()
    {
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            if (context.Request.Headers.Authorization.Count == 0)
            {
                context.Response.StatusCode = 401;
                context.Response.Headers.WWWAuthenticate = "Basic realm=\"r\"";
                return;
            }

            context.Response.Headers.CacheControl = "max-age=60";
            await context.Response.WriteAsync("secret");
        });
        using var client = Over(
            new SocketsHttpHandler { Credentials = new NetworkCredential("u", "p"), PreAuthenticate = true }, new HttpCacheOptions { Kind = CacheKind.Shared });
        (await client.GetStringAsync(server.Address)).Should().Be("secret");

        using var second = await client.GetAsync(server.Address);

        second.GetCacheStatus()!.Hit.Should().BeFalse();
    }

    [Fact]
    [Trait("Spec", "HTC-6")]
    public async Task Get_SlowBody_HeadArrivesAtOnceAndBytesAsTheyCome()
    {
        var go = new TaskCompletionSource();
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            context.Response.Headers.CacheControl = "max-age=60";
            await context.Response.WriteAsync("first");
            await context.Response.Body.FlushAsync();
            await go.Task;
            await context.Response.WriteAsync("second");
        });
        using var client = Over(new SocketsHttpHandler());

        using var response = await client.GetAsync(server.Address, HttpCompletionOption.ResponseHeadersRead);
        using var stream = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[100];
        var count = await stream.ReadAsync(buffer);
        go.SetResult();
        using var reader = new StreamReader(stream);

        Encoding.ASCII.GetString(buffer, 0, count).Should().Be("first");
        (await reader.ReadToEndAsync()).Should().Be("second");
        (await client.GetStringAsync(server.Address)).Should().Be("firstsecond");
        server.Requests.Should().HaveCount(1);
    }

    [Theory]
    [InlineData("VAL-5", "\"\u00fc\"", null)]
    [InlineData("VAL-5", null, "\u00fcber")]
    public async Task Get_ValidatorWithOctetsAboveAscii_IsNotSentAndDoesNotThrow(string id, string? tag, string? modified)
    {
        var answer = new List<string> { "HTTP/1.1 200 OK", "Cache-Control: max-age=1", "Content-Length: 1", "Connection: close" };
        if (tag is not null)
        {
            answer.Add("ETag: " + tag);
        }

        if (modified is not null)
        {
            answer.Add("Last-Modified: " + modified);
        }

        var bytes = RawServer.Answer(string.Join("\r\n", answer), "x"u8.ToArray());
        await using var server = new RawServer(bytes, bytes);
        using var client = Over(new SocketsHttpHandler());
        await client.GetStringAsync(server.Address);
        _time.Advance(TimeSpan.FromSeconds(5));

        (await client.GetStringAsync(server.Address)).Should().Be("x", id);
    }

    [Fact]
    [Trait("Spec", "HTC-16")]
    public async Task Factory_ClientsOfOneName_ShareTheCacheAndKeepTheirPipeline()
    {
        await using var server = await LoopbackServer.StartAsync(Gzipped);
        var services = new ServiceCollection();
        services.AddHttpClient("one").SetHandlerLifetime(TimeSpan.FromSeconds(1)).AddHttpCaching(options => options.AutomaticDecompression = DecompressionMethods.GZip);
        services.AddHttpClient("two").AddHttpCaching(options => options.AutomaticDecompression = DecompressionMethods.GZip);
        await using var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<IHttpClientFactory>();

        (await factory.CreateClient("one").GetStringAsync(server.Address)).Should().HaveLength(5000);
        using var hit = await factory.CreateClient("one").GetAsync(server.Address);
        (await hit.Content.ReadAsStringAsync()).Should().HaveLength(5000);
        (await factory.CreateClient("two").GetStringAsync(server.Address)).Should().HaveLength(5000);

        server.Requests.Should().HaveCount(2, "the second client has entries of its own");
    }

    private static async Task Validated(HttpContext context)
    {
        context.Response.Headers.CacheControl = "max-age=1";
        context.Response.Headers.ETag = "\"a\"";
        if (context.Request.Headers.IfNoneMatch == "\"a\"")
        {
            context.Response.StatusCode = 304;
            return;
        }

        await context.Response.WriteAsync("body");
    }

    private static async Task Fresh(HttpContext context)
    {
        context.Response.Headers.CacheControl = "max-age=60";
        await context.Response.WriteAsync(context.Request.Method);
    }

    private static async Task Gzipped(HttpContext context)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.ASCII.GetBytes(new string('x', 5000)));
        }

        context.Response.Headers.CacheControl = "max-age=60";
        context.Response.Headers.Vary = "Accept-Encoding";
        context.Response.Headers.ETag = "\"gz\"";
        context.Response.Headers.ContentEncoding = "gzip";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes.ToArray());
    }

    private static string SendSync(HttpClient client, HttpMethod method, Uri uri)
    {
        using var request = new HttpRequestMessage(method, uri);
        using var response = client.Send(request);
        using var reader = new StreamReader(response.Content.ReadAsStream());
        return reader.ReadToEnd();
    }

    private HttpClient Over(HttpMessageHandler handler, HttpCacheOptions? options = null) =>
        new(new CachingHandler(null, options, _time) { InnerHandler = handler });
}
