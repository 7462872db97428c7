using System.Net;
using System.Net.Sockets;
using System.Text;
using HttpCaching.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace HttpCaching.AspNetCore.Tests;

/// <summary>What else goes on in an exchange that a hit answers.</summary>
public sealed class ExchangeTests
{
    private const int Large = 8_000_000;

    private static readonly byte[] Bytes = [.. Enumerable.Range(0, Large).Select(i => (byte)(i % 251))];

    [Fact]
    public async Task ALargeBody_StaysWhole_ThoughTheStoreDropsItWhileTheClientReads()
    {
        using var store = new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { MaximumBytes = 100_000_000, MaximumEntryBytes = Large * 2 });
        var sent = 0;
        await using var gateway = await Gateway.StartAsync(
            answersHits: true,
            _ => Messages.With(Interlocked.Increment(ref sent) == 1 ? Bytes : new byte[Large], "Cache-Control: max-age=60", $"Content-Length: {Large}"),
            new GatewayOptions { Store = store });
        await gateway.AskAsync("GET /a HTTP/1.1");

        using var client = await SendAsync(gateway, "GET /a HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n\r\n");
        var buffer = new byte[1000];
        var first = await client.GetStream().ReadAsync(buffer);

        // Other bodies take the memory that is given back.
        await store.ClearAsync(CancellationToken.None);
        await gateway.AskAsync("GET /b HTTP/1.1");
        await gateway.AskAsync("GET /c HTTP/1.1");
        using var rest = new MemoryStream();
        rest.Write(buffer, 0, first);
        await client.GetStream().CopyToAsync(rest);

        gateway.Forwarded.Should().Be(3);
        rest.ToArray().AsSpan()[^Large..].SequenceEqual(Bytes).Should().BeTrue();
    }

    [Fact]
    public async Task AClientThatGoesAway_LeavesTheCacheAsItIs()
    {
        await using var gateway = await Gateway.StartAsync(answersHits: true, _ => Messages.With(Bytes, "Cache-Control: max-age=60", $"Content-Length: {Large}"), new GatewayOptions
        {
            Store = new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { MaximumBytes = 100_000_000, MaximumEntryBytes = Large * 2 }),
        });
        var first = await gateway.AskAsync("GET /a HTTP/1.1");

        for (var i = 0; i < 3; i++)
        {
            using var gone = await SendAsync(gateway, "GET /a HTTP/1.1\r\nHost: edge\r\n\r\n");
            await gone.GetStream().ReadExactlyAsync(new byte[100]);
            gone.LingerState = new LingerOption(true, 0);
        }

        (await gateway.AskAsync("GET /a HTTP/1.1")).Length.Should().BeGreaterThan(Large);
        gateway.Forwarded.Should().Be(1);
        first.Length.Should().BeGreaterThan(Large);
    }

    [Fact]
    public async Task AConnection_GoesOnAfterAHit()
    {
        await using var gateway = await Gateway.StartAsync(answersHits: true, _ => Messages.Fresh("hi", "Content-Length: 2"));
        using var client = await SendAsync(gateway, "GET /a HTTP/1.1\r\nHost: edge\r\n\r\nGET /a HTTP/1.1\r\nHost: edge\r\n\r\nGET /b HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n\r\n");

        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        var text = await reader.ReadToEndAsync();

        text.Split("HTTP/1.1 200 OK").Should().HaveCount(4);
        gateway.Forwarded.Should().Be(2);
    }

    [Fact]
    public async Task AHit_IsAnsweredOverHttp2()
    {
        await using var gateway = await Gateway.StartAsync(
            answersHits: true, _ => Messages.Fresh("hi", "Content-Length: 2", "ETag: \"a\""), new GatewayOptions { Protocols = HttpProtocols.Http2 });
        using var client = new HttpClient { BaseAddress = gateway.Address, DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        await client.GetStringAsync("/a");

        using var hit = await client.GetAsync("/a");

        (await hit.Content.ReadAsStringAsync()).Should().Be("hi");
        hit.Headers.GetValues("Cache-Status").Single().Should().StartWith("Edge;hit");
        hit.Version.Should().Be(HttpVersion.Version20);
        gateway.Forwarded.Should().Be(1);
    }

    [Fact]
    public async Task MiddlewareBefore_KeepsItsFieldsAndCallbacks()
    {
        var options = new GatewayOptions
        {
            Before = app => app.Use((context, next) =>
            {
                context.Response.Headers["X-Own"] = "1";
                context.Response.Headers.Vary = "X";
                context.Response.OnStarting(() =>
                {
                    context.Response.Headers["X-Late"] = context.Response.Headers.Age;
                    return Task.CompletedTask;
                });
                return next(context);
            }),
        };
        await using var direct = await Gateway.StartAsync(answersHits: true, _ => Messages.Fresh("hi", "Vary: Accept"), options);
        await using var through = await Gateway.StartAsync(answersHits: false, _ => Messages.Fresh("hi", "Vary: Accept"), options);

        for (var i = 0; i < 2; i++)
        {
            var answer = await direct.AskAsync("GET /a HTTP/1.1");
            answer.Should().Be(await through.AskAsync("GET /a HTTP/1.1")).And.Contain("X-Own: 1\r\n").And.Contain("Vary: X\r\nVary: Accept\r\n");
        }

        direct.Forwarded.Should().Be(1);
    }

    [Fact]
    public async Task AnObserver_IsToldOfAHit_AndTheStatisticsCountIt()
    {
        await using var gateway = await Gateway.StartAsync(answersHits: true, _ => Messages.Fresh());
        await gateway.AskAsync("GET /a HTTP/1.1");
        await gateway.AskAsync("GET /a HTTP/1.1");

        gateway.Forwarded.Should().Be(1);
        (await gateway.Cache.GetStatisticsAsync()).Hits.Should().Be(1);
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!gateway.Notes.Any(note => note.StartsWith("told of HttpCacheHit", StringComparison.Ordinal)))
        {
            await Task.Yield();
            bound.Token.ThrowIfCancellationRequested();
        }
    }

    private static async Task<TcpClient> SendAsync(Gateway gateway, string request)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, gateway.Address.Port);
        await client.Client.SendAsync(Encoding.Latin1.GetBytes(request));
        return client;
    }
}
