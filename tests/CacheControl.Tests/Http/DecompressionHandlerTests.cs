using System.Net;
using System.Security.Cryptography;
using System.Text;
using HttpCaching.Http;

namespace HttpCaching.Tests.Http;

/// <summary>The platform's own decompression is the yardstick; see also <see cref="Issues.DecodedAsByThePlatform"/>.</summary>
public sealed class DecompressionHandlerTests
{
    public static TheoryData<string, int> Codings()
    {
        var data = new TheoryData<string, int>();
        foreach (var coding in new[] { "gzip", "deflate", "raw", "br" })
        {
            foreach (var size in new[] { 0, 1, 100, 8192, 100_000 })
            {
                data.Add(coding, size);
            }
        }

        return data;
    }

    [Theory]
    [Trait("Spec", "HTC-18")]
    [InlineData("gzip", "gzip", "", false)]
    [InlineData("deflate", "deflate", "", true)]
    [InlineData("br", "br", "", false)]
    [InlineData("br", "identity", "", false)]
    [InlineData("gzip", "gzip", "identity;q=0.5, br;q=0.1", false)]
    [InlineData("gzip", "br, gzip", "", false)]
    [InlineData("gzip", "gzip", "gzip;q=0.5, br", false)]
    [InlineData("gzip", "gzip", "GZIP, br;q=0.0", true)]
    [InlineData("gzip", "gzip", "deflate", false)]
    public async Task Send_Coded_DoesWhatThePlatformDoes(string coding, string line, string accept, bool sync)
    {
        var body = Coding.Encode(coding, Make.Bytes(5000));
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            context.Response.Headers.ContentEncoding = line;
            context.Response.Headers.ETag = "\"x\"";
            context.Response.ContentLength = body.Length;
            await context.Response.Body.WriteAsync(body);
        });
        using var platform = new HttpMessageInvoker(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All });
        using var ours = new HttpMessageInvoker(new DecompressionHandler(new SocketsHttpHandler(), DecompressionMethods.All));

        var expected = await ExchangeAsync(platform, server, accept, sync);
        var actual = await ExchangeAsync(ours, server, accept, sync);

        actual.Should().Be(expected);
    }

    /// <summary>Zstandard, of which this platform has no decoder: not asked for, and passed on as it is when it comes all the same.</summary>
    [Theory]
    [Trait("Spec", "HTC-18")]
    [InlineData("zstd", false, "zstd")]
    [InlineData("gzip, zstd", false, "gzip", "zstd")]
    [InlineData("zstd, gzip", true, "zstd")]
    public async Task Send_ZstdUnasked_LeavesItToTheCaller(string line, bool isGzipLast, params string[] left)
    {
        // A frame of Zstandard with one raw block: "hi".
        byte[] zstd = [0x28, 0xb5, 0x2f, 0xfd, 0x20, 0x02, 0x11, 0x00, 0x00, (byte)'h', (byte)'i'];
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            context.Response.Headers.ContentEncoding = line;
            context.Response.Headers.CacheControl = "max-age=60";
            await context.Response.Body.WriteAsync(isGzipLast ? Coding.Encode("gzip", zstd) : zstd);
        });
        using var client = new HttpClient(new CachingHandler(new HttpCacheOptions { AutomaticDecompression = DecompressionMethods.All }));

        foreach (var isHit in new[] { false, true })
        {
            using var response = await client.GetAsync(server.Address);

            response.GetCacheStatus()!.Hit.Should().Be(isHit);
            response.Content.Headers.ContentEncoding.Should().Equal(left);
            (await response.Content.ReadAsByteArrayAsync()).Should().Equal(zstd);
        }

        server.Requests.Should().ContainSingle().Which.Should().NotContain("zstd");
    }

    /// <summary>A platform that can decode more than the cache knows of: then this handler has something to learn.</summary>
    [Fact]
    public void Codings_OfThePlatform_AreAllKnown() =>
        Enum.GetNames<DecompressionMethods>().Should().BeEquivalentTo("None", "GZip", "Deflate", "Brotli", "All");

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task Read_Whole_GivesTheBytesHoweverTheyArrive(string coding, int size)
    {
        var data = Make.Bytes(size);
        var body = Coding.Encode(coding, data);
        foreach (var chunk in new[] { 1, 7, 4096, int.MaxValue })
        {
            foreach (var how in new[] { "array", "copy-sync", "stream", "stream-sync" })
            {
                using var response = await DecodeAsync(coding, Chunks(body, chunk));

                var read = await StoredContentTests.ReadAsync(response.Content, how);

                read.AsSpan().SequenceEqual(data).Should().BeTrue($"{how} in chunks of {chunk}");
            }
        }
    }

    [Fact]
    [Trait("Spec", "INC-5")]
    [Trait("Spec", "INC-9")]
    public async Task Read_CutGzipOfAConnectionThatWasClosed_GivesWhatThePlatformGives()
    {
        var body = Coding.Encode("gzip", Make.Bytes(100_000));
        var answer = RawServer.Answer("HTTP/1.1 200 OK\nContent-Encoding: gzip\nCache-Control: max-age=60\nConnection: close", body[..(body.Length / 2)]);
        await using var server = new RawServer(answer, answer, answer);
        using var platform = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.GZip });
        using var ours = new HttpClient(new CachingHandler(new HttpCacheOptions { AutomaticDecompression = DecompressionMethods.GZip }));
        var expected = await platform.GetByteArrayAsync(server.Address);

        for (var i = 0; i < 2; i++)
        {
            using var response = await ours.GetAsync(server.Address);
            response.GetCacheStatus()!.Hit.Should().BeFalse();
            (await response.Content.ReadAsByteArrayAsync()).Should().Equal(expected);
        }
    }

    [Fact]
    public async Task Read_GzipOfSeveralMembers_GivesThemAll()
    {
        byte[] body = [.. Coding.Encode("gzip", Make.Bytes(3000)), .. Coding.Encode("gzip", Make.Bytes(200))];
        using var response = await DecodeAsync("gzip", Chunks(body, 100));

        (await response.Content.ReadAsByteArrayAsync()).Should().HaveCount(3200);
    }

    [Fact]
    public async Task Read_GzipFollowedByPadding_IgnoresIt()
    {
        byte[] body = [.. Coding.Encode("gzip", Make.Bytes(3000)), .. new byte[100]];
        using var response = await DecodeAsync("gzip", Chunks(body, 100));

        (await response.Content.ReadAsByteArrayAsync()).Should().HaveCount(3000);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task Read_NoBodyAtAll_GivesNone(string coding)
    {
        using var response = await DecodeAsync(coding);

        (await response.Content.ReadAsByteArrayAsync()).Should().BeEmpty();
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("raw")]
    [InlineData("br")]
    public async Task Read_AtTheEnd_GoesOnAnsweringZero(string coding)
    {
        using var response = await DecodeAsync(coding, Chunks(Coding.Encode(coding, Make.Bytes(50)), 1000));
        var stream = await response.Content.ReadAsStreamAsync();
        await stream.ReadExactlyAsync(new byte[50]);

        for (var i = 0; i < 3; i++)
        {
            (await stream.ReadAsync(new byte[10])).Should().Be(0);
            stream.Read(new byte[10]).Should().Be(0);
        }
    }

    [Fact]
    public async Task Send_ResponseOfTheCache_StaysTheSameObject()
    {
        var cached = new CachedResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(Coding.Encode("gzip", [1, 2])) };
        cached.Content.Headers.TryAddWithoutValidation("Content-Encoding", "gzip");
        using var invoker = new HttpMessageInvoker(new DecompressionHandler(new StubHandler(cached), DecompressionMethods.All));
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://h/");

        using var response = await invoker.SendAsync(request, default);

        response.Should().BeSameAs(cached);
        (await response.Content.ReadAsByteArrayAsync()).Should().Equal(1, 2);
    }

    [Fact]
    public async Task Dispose_DecodedUnread_DisposesTheCodedContent()
    {
        var coded = new ScriptedContent();
        coded.Headers.TryAddWithoutValidation("Content-Encoding", "br");
        using var invoker = new HttpMessageInvoker(new DecompressionHandler(new StubHandler(new HttpResponseMessage { Content = coded }), DecompressionMethods.All));
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://h/");

        (await invoker.SendAsync(request, default)).Dispose();

        coded.IsDisposed.Should().BeTrue();
    }

    private static async Task<HttpResponseMessage> DecodeAsync(string coding, params object[] chunks)
    {
        var inner = new HttpResponseMessage { Content = new ScriptedContent(chunks) };
        inner.Content.Headers.TryAddWithoutValidation("Content-Encoding", coding == "raw" ? "deflate" : coding);
        using var invoker = new HttpMessageInvoker(new DecompressionHandler(new StubHandler(inner), DecompressionMethods.All));
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://h/");
        return await invoker.SendAsync(request, default);
    }

    private static object[] Chunks(byte[] bytes, int size) => [.. bytes.Chunk(Math.Min(size, 4096))];

    private static async Task<string> ExchangeAsync(HttpMessageInvoker invoker, LoopbackServer server, string accept, bool sync)
    {
        server.Requests.Clear();
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Address);
        if (accept.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", accept);
        }

        using var response = sync ? invoker.Send(request, default) : await invoker.SendAsync(request, default);
        var text = new StringBuilder()
            .AppendLine(string.Join('\n', server.Requests))
            .AppendLine($"{(int)response.StatusCode} {response.Headers.Raw("ETag")}")
            .AppendLine($"{response.Content.Headers.Raw("Content-Encoding")} {response.Content.Headers.Raw("Content-Length")}")
            .AppendLine($"asked for {request.Headers.AcceptEncoding}");
        text.AppendLine(Convert.ToHexString(SHA256.HashData(await response.Content.ReadAsByteArrayAsync())));

        // The platform writes lists anew, with other white space.
        return text.ToString().Replace("; ", ";", StringComparison.Ordinal);
    }

    private sealed class StubHandler(HttpResponseMessage response) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(response);
    }
}
