using System.IO.Compression;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using HttpCaching.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace HttpCaching.AspNetCore.Tests.Endpoints;

/// <summary>Bodies pass as they are written, and exchanges that are no plain messages pass untouched.</summary>
public sealed class EndpointStreamTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("max-age=60")]
    [InlineData("no-store")]
    public async Task AnEvent_Arrives_BeforeTheNextIsWritten(string cacheControl)
    {
        var goOn = new SemaphoreSlim(0);
        await using var site = await Site.StartAsync(isCached: true, async context =>
        {
            context.Response.ContentType = "text/event-stream";
            context.Response.Headers.CacheControl = cacheControl;
            for (var i = 0; i < 3; i++)
            {
                await context.Response.WriteAsync($"data: {i}\n\n");
                await context.Response.Body.FlushAsync();
                await goOn.WaitAsync();
            }
        });
        using var client = new HttpClient { BaseAddress = site.Address };
        using var response = await client.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead).WaitAsync(Patience);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());

        for (var i = 0; i < 3; i++)
        {
            (await reader.ReadLineAsync().WaitAsync(Patience)).Should().Be($"data: {i}");
            await reader.ReadLineAsync().WaitAsync(Patience);
            goOn.Release();
        }

        (await reader.ReadToEndAsync().WaitAsync(Patience)).Should().BeEmpty();
    }

    [Fact]
    public async Task ABody_LargerThanTheStoreTakes_Passes_AtTheClientsPace()
    {
        const int Length = 30_000_000;
        var written = 0;
        await using var site = await Site.StartAsync(
            isCached: true,
            async context =>
            {
                context.Response.Headers.CacheControl = "max-age=60";
                var piece = new byte[100_000];
                for (written = 0; written < Length; written += piece.Length)
                {
                    await context.Response.Body.WriteAsync(piece);
                }
            },
            new SiteOptions { Store = new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { MaximumBytes = 2_000_000, MaximumEntryBytes = 1_000_000 }) });
        using var client = new HttpClient { BaseAddress = site.Address };
        using var response = await client.GetAsync("/large", HttpCompletionOption.ResponseHeadersRead).WaitAsync(Patience);
        using var body = await response.Content.ReadAsStreamAsync();

        var first = await body.ReadAsync(new byte[1000]).AsTask().WaitAsync(Patience);
        written.Should().BeLessThan(Length, "the endpoint waits for the client");
        var rest = new CountingStream();
        await body.CopyToAsync(rest).WaitAsync(Patience);

        (first + rest.Count).Should().Be(Length);
    }

    [Fact]
    public async Task AWebSocket_Passes()
    {
        await using var site = await Site.StartAsync(
            isCached: true,
            async context =>
            {
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                var buffer = new byte[100];
                var received = await socket.ReceiveAsync(buffer, CancellationToken.None);
                await socket.SendAsync(buffer.AsMemory(0, received.Count), WebSocketMessageType.Text, true, CancellationToken.None);
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            },
            new SiteOptions { After = app => app.UseWebSockets() });
        using var client = new ClientWebSocket();
        await client.ConnectAsync(new UriBuilder(site.Address) { Scheme = "ws" }.Uri, CancellationToken.None).WaitAsync(Patience);

        await client.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        var answer = new byte[100];
        var length = (await client.ReceiveAsync(answer, CancellationToken.None).WaitAsync(Patience)).Count;

        Encoding.UTF8.GetString(answer, 0, length).Should().Be("hello");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ACallOfGrpcsKind_PassesOverHttp2_WithItsTrailers_InBothDirectionsAtOnce(bool isCached)
    {
        await using var site = await Site.StartAsync(
            isCached,
            async context =>
            {
                context.Response.ContentType = "application/grpc";
                await context.Response.Body.FlushAsync();
                await context.Request.Body.CopyToAsync(context.Response.Body);
                context.Response.AppendTrailer("grpc-status", "0");
            },
            new SiteOptions { Protocols = HttpProtocols.Http2 });
        using var client = new HttpClient { BaseAddress = site.Address, DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        var headCame = new TaskCompletionSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/service/call") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new LaterContent(headCame.Task) };

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(Patience);
        headCame.SetResult();

        (await response.Content.ReadAsStringAsync().WaitAsync(Patience)).Should().Be("later");
        response.TrailingHeaders.GetValues("grpc-status").Should().Equal("0");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ABodyThatWaitsForItsInvitation_IsInvited(bool isCached)
    {
        await using var site = await Site.StartAsync(isCached, async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            await context.Response.WriteAsync("got " + await reader.ReadToEndAsync());
        });
        using var client = await site.ConnectAsync("POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5");
        using var reader = new StreamReader(client.GetStream());

        (await reader.ReadLineAsync().WaitAsync(Patience)).Should().Be("HTTP/1.1 100 Continue");
        await client.GetStream().WriteAsync("hello"u8.ToArray());

        (await reader.ReadToEndAsync().WaitAsync(Patience)).Should().Contain("HTTP/1.1 200 OK").And.Contain("got hello");
    }

    [Fact]
    public async Task AnEvent_Passes_ThroughCompressionAbove_ThatMustNotBuffer()
    {
        var goOn = new SemaphoreSlim(0);
        await using var site = await Site.StartAsync(
            isCached: true,
            async context =>
            {
                context.Features.Get<IHttpResponseBodyFeature>()!.DisableBuffering();
                context.Response.ContentType = "text/event-stream";
                context.Response.Headers.CacheControl = "max-age=60";
                await context.Response.WriteAsync("data: 1\n\n");
                await goOn.WaitAsync();
            },
            new SiteOptions
            {
                Services = services => services.AddResponseCompression(options => options.MimeTypes = ["text/event-stream"]),
                Before = app => app.UseResponseCompression(),
            });
        using var client = new HttpClient { BaseAddress = site.Address };
        client.DefaultRequestHeaders.Add("Accept-Encoding", "gzip");
        using var response = await client.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead).WaitAsync(Patience);
        using var body = await response.Content.ReadAsStreamAsync();

        (await body.ReadAsync(new byte[100]).AsTask().WaitAsync(Patience)).Should().BePositive();
        goOn.Release();
        await body.CopyToAsync(Stream.Null).WaitAsync(Patience);
    }

    [Fact]
    public async Task AHit_IsServedOverHttp2()
    {
        await using var site = await Site.StartAsync(isCached: true, EndpointCacheTests.Answer("hello", "Cache-Control: max-age=60"), new SiteOptions { Protocols = HttpProtocols.Http2 });
        using var client = new HttpClient { BaseAddress = site.Address, DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };

        (await client.GetStringAsync("/a")).Should().Be("hello");
        (await client.GetStringAsync("/a")).Should().Be("hello");

        site.Asked.Should().Be(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Compression_AboveOrBelow_ServesEachClientItsCoding(bool isAbove)
    {
        var text = string.Concat(Enumerable.Repeat("hello ", 1000));
        await using var site = await Site.StartAsync(isCached: true, EndpointCacheTests.Answer(text, "Cache-Control: max-age=60", "Content-Type: text/plain", "ETag: W/\"a\""), new SiteOptions
        {
            Services = services => services.AddResponseCompression(options => options.Providers.Add<GzipCompressionProvider>()),
            Before = app => _ = isAbove ? app.UseResponseCompression() : app,
            After = app => _ = isAbove ? app : app.UseResponseCompression(),
        });
        using var client = new HttpClient { BaseAddress = site.Address };

        foreach (var coding in new[] { "gzip", "identity", "gzip", "identity" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/a") { Headers = { { "Accept-Encoding", coding } } };
            using var response = await client.SendAsync(request);
            var bytes = await response.Content.ReadAsByteArrayAsync();
            response.Content.Headers.ContentEncoding.Should().Equal(coding == "gzip" ? ["gzip"] : []);
            (coding == "gzip" ? Unzipped(bytes) : Encoding.UTF8.GetString(bytes)).Should().Be(text);
        }

        site.Asked.Should().Be(isAbove ? 1 : 2);
    }

    [Fact]
    public async Task ABody_ThatWasBrokenOff_IsCompletedByTheEndpoint()
    {
        var ranges = new List<string>();
        await using var site = await Site.StartAsync(isCached: true, async context =>
        {
            ranges.Add(context.Request.Headers.Range + " " + context.Request.Headers.IfRange);
            context.Response.Headers.CacheControl = "max-age=60";
            context.Response.Headers.ETag = "\"a\"";
            context.Response.Headers.AcceptRanges = "bytes";
            if (ranges.Count == 1)
            {
                context.Response.ContentLength = 10;
                await context.Response.WriteAsync("hello");
                throw new InvalidOperationException("in the middle");
            }

            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = "bytes 5-9/10";
            context.Response.ContentLength = 5;
            await context.Response.WriteAsync("world");
        }, new SiteOptions { Cache = options => options.Store.KeepIncompleteAbove = 1 });

        await site.AskAsync("GET /a HTTP/1.1");
        var second = await site.AskAsync("GET /a HTTP/1.1");
        var third = await site.AskAsync("GET /a HTTP/1.1");

        ranges.Should().Equal(" ", "bytes=5- \"a\"");
        second.Should().StartWith("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n").And.EndWith("\r\n\r\nhelloworld");
        third.Should().StartWith("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n").And.EndWith("\r\n\r\nhelloworld").And.Contain("Age: 0\r\n");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ACompletion_Ends_WithItsClientOrItsEndpoint(bool fails)
    {
        const int Length = 10_000_000;
        var turn = 0;
        var ended = new TaskCompletionSource<Exception?>();
        await using var site = await Site.StartAsync(
            isCached: true,
            async context =>
            {
                context.Response.Headers.CacheControl = "max-age=60";
                context.Response.Headers.ETag = "\"a\"";
                if (++turn == 1)
                {
                    context.Response.ContentLength = Length + 5;
                    await context.Response.WriteAsync("hello");
                    throw new InvalidOperationException("first");
                }

                context.Response.StatusCode = 206;
                context.Response.Headers.ContentRange = $"bytes 5-{Length + 4}/{Length + 5}";
                await context.Response.Body.WriteAsync(new byte[Length / 2]);
                await context.Response.Body.WriteAsync(fails ? throw new InvalidOperationException("second") : new byte[Length / 2]);
            },
            new SiteOptions
            {
                Cache = options => options.Store.KeepIncompleteAbove = 1,
                Before = app => app.Use(async (_, next) =>
                {
                    var failure = await Record.ExceptionAsync(() => next());
                    if (turn == 2)
                    {
                        ended.SetResult(failure);
                    }

                    System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure ?? new InvalidOperationException("quiet"));
                }),
            });
        await site.AskAsync("GET /a HTTP/1.1");

        using var client = await site.ConnectAsync("GET /a HTTP/1.1");
        await client.GetStream().ReadExactlyAsync(new byte[100]);
        if (fails)
        {
            var copied = await Record.ExceptionAsync(() => client.GetStream().CopyToAsync(Stream.Null).WaitAsync(Patience));
            (copied is TimeoutException).Should().BeFalse();
        }
        else
        {
            client.LingerState = new System.Net.Sockets.LingerOption(true, 0);
            client.Close();
        }

        var thrown = await ended.Task.WaitAsync(Patience);
        (thrown?.Message).Should().Be(fails ? "second" : null);
        turn.Should().Be(2);
    }

    [Fact]
    public async Task AQuery_IsServedAgainToTheSameContent_IfTheCacheMay()
    {
        await using var site = await Site.StartAsync(
            isCached: true,
            async context =>
            {
                using var reader = new StreamReader(context.Request.Body);
                var text = await reader.ReadToEndAsync();
                context.Response.Headers.CacheControl = "max-age=60";
                await context.Response.WriteAsync("answer to " + text);
            },
            new SiteOptions { Cache = options => options.Extensions.CacheQuery = true });

        foreach (var content in new[] { "one", "two", "one", "two" })
        {
            (await site.AskAsync("QUERY /a HTTP/1.1\r\nContent-Type: text/plain\r\nContent-Length: 3", content)).Should().Contain("answer to " + content);
        }

        site.Asked.Should().Be(2);
    }

    private static string Unzipped(byte[] bytes)
    {
        using var reader = new StreamReader(new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress));
        return reader.ReadToEnd();
    }

    private sealed class LaterContent(Task when) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.FlushAsync();
            await when;
            await stream.WriteAsync("later"u8.ToArray());
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    private sealed class CountingStream : MemoryStream
    {
        public long Count { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Count += buffer.Length;
            return default;
        }
    }
}
