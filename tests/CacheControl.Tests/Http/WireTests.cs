using System.IO.Compression;
using System.Net;
using System.Text;
using HttpCaching.Http;
using HttpCaching.Model;

namespace HttpCaching.Tests.Http;

/// <summary>What only a real connection shows.</summary>
public sealed class WireTests
{
    private static readonly byte[] Data = Make.Bytes(100_000);

    [Fact]
    [Trait("Spec", "HTC-14")]
    [Trait("Spec", "HTC-13")]
    [Trait("Spec", "FLD-1")]
    public async Task FromStored_WhatCameOverTheWire_EqualsItFieldByField()
    {
        const string Head = """
            HTTP/1.1 203 Rather Fine
            Date: Thu, 01 Jan 2026 00:00:00 GMT
            Cache-Control: max-age=abc, no-store
            Cache-Control: max-age="60"
            Set-Cookie: a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT
            Set-Cookie: b=2
            ETag: W/"é"
            Content-Foo: 1
            Content-Type: text/plain;charset=utf-8
            Content-Length: 3
            Expires: 0
            Last-Modified: Thursday, 01-Jan-26 00:00:00 GMT
            Allow: GET,HEAD
            X-Empty:
            Connection: close
            """;
        await using var server = new RawServer(RawServer.Answer(Head, [1, 2, 3]));
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Address);
        using var miss = await invoker.SendAsync(request, default);
        var uri = TargetUri.Normalize(server.Address, null)!;

        var head = ResponseReader.Read(miss, "GET", uri, default);
        using var hit = ResponseWriter.FromStored(Store(head, 3), request, StoredContent.Of(null, new FakeBody([1, 2, 3]), 0, 3), null);

        Lines(hit).Should().Equal(Lines(miss));
        hit.ReasonPhrase.Should().Be("Rather Fine");
        hit.Version.Should().Be(miss.Version);
        head.WireContentLength.Should().Be(3);
        head.FinalUri.Should().BeSameAs(uri);
        head.FieldsChangedBelow.Should().BeEmpty();
    }

    [Theory]
    [Trait("Spec", "HTC-15")]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Read_Framing_IsTold(bool chunked, bool hasLength)
    {
        await using var server = await ServeAsync(chunked, null);
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Address);
        using var response = await invoker.SendAsync(request, default);

        var head = ResponseReader.Read(response, "GET", server.Address.AbsoluteUri, default);

        head.WireContentLength.Should().Be(hasLength ? Data.Length : null);
        head.IsDecoded.Should().BeFalse();
    }

    [Theory]
    [Trait("Spec", "HTC-5")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_AutomaticDecompression_IsDetected(bool coded)
    {
        await using var server = await ServeAsync(false, coded ? "gzip" : null);
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All });
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Address);
        using var response = await invoker.SendAsync(request, default);

        var head = ResponseReader.Read(response, "GET", server.Address.AbsoluteUri, default);

        head.IsDecoded.Should().Be(coded);
        head.FieldsChangedBelow.Should().Equal("Accept-Encoding");
    }

    [Fact]
    [Trait("Spec", "HTC-4")]
    public async Task Read_RedirectBelow_IsDetected()
    {
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            if (context.Request.Path == "/a")
            {
                context.Response.Redirect("/b");
            }

            return Task.CompletedTask;
        });
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, "/a"));
        using var response = await invoker.SendAsync(request, default);

        ResponseReader.Read(response, "GET", new Uri(server.Address, "/a").AbsoluteUri, default).FinalUri
            .Should().Be(new Uri(server.Address, "/b").AbsoluteUri);
    }

    [Theory]
    [Trait("Spec", "INC-1")]
    [Trait("Spec", "HTC-1")]
    [InlineData(true, "array")]
    [InlineData(true, "stream")]
    [InlineData(false, "stream-copy")]
    [InlineData(false, "copy-sync")]
    [InlineData(true, "stream-sync")]
    public async Task Record_WholeBody_Completes(bool chunked, string how)
    {
        await using var server = await ServeAsync(chunked, null);
        var sink = new FakeSink();
        using var client = new HttpClient(new RecordingHandler(sink) { InnerHandler = new SocketsHttpHandler() });
        using var response = await client.GetAsync(server.Address, HttpCompletionOption.ResponseHeadersRead);

        (await StoredContentTests.ReadAsync(response.Content, how)).Should().Equal(Data);

        sink.Bytes.Should().Equal(Data);
        sink.CompletedLength.Should().Be(Data.Length);
    }

    [Theory]
    [Trait("Spec", "INC-1")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 10", "abc")]
    [InlineData("HTTP/1.1 200 OK\nTransfer-Encoding: chunked", "3\r\nabc\r\n")]
    public async Task Record_ConnectionLost_AbortsAndTheCallerSeesIt(string head, string body)
    {
        await using var server = new RawServer(RawServer.Answer(head, Encoding.ASCII.GetBytes(body)));
        var sink = new FakeSink();
        using var client = new HttpClient(new RecordingHandler(sink) { InnerHandler = new SocketsHttpHandler() });

        await client.Awaiting(c => c.GetByteArrayAsync(server.Address)).Should().ThrowAsync<HttpRequestException>();

        sink.Completions.Should().Be(0);
        sink.Aborts.Should().Equal(RecordingEnd.ReadFailed);
    }

    [Fact]
    [Trait("Spec", "HTC-6")]
    [Trait("Spec", "SRE-7")]
    public async Task Record_SlowBody_GivesEachPartWhenItArrives()
    {
        var more = new TaskCompletionSource();
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            await context.Response.Body.WriteAsync(Data.AsMemory(0, 10));
            await context.Response.Body.FlushAsync();
            await more.Task;
            await context.Response.Body.WriteAsync(Data.AsMemory(10, 10));
        });
        var sink = new FakeSink();
        using var client = new HttpClient(new RecordingHandler(sink) { InnerHandler = new SocketsHttpHandler() });
        using var response = await client.GetAsync(server.Address, HttpCompletionOption.ResponseHeadersRead);
        var stream = await response.Content.ReadAsStreamAsync();
        await stream.ReadExactlyAsync(new byte[10]);
        sink.Completions.Should().Be(0);

        more.SetResult();
        await stream.ReadExactlyAsync(new byte[10]);
        (await stream.ReadAsync(new byte[10])).Should().Be(0);

        sink.CompletedLength.Should().Be(20);
    }

    [Fact]
    public void FromStored_Hit_CostsNoMoreThanTheMessageItself()
    {
        var stored = Make.Stored(200, 3, "Date: x", "ETag: \"a\"", "Content-Type: text/plain", "Content-Length: 3");
        using var request = new HttpRequestMessage();
        var body = new FakeBody([1, 2, 3]);

        // The second use prepares the message for those that come after it.
        Hit();
        Hit();
        Floor();

        var before = GC.GetAllocatedBytesForCurrentThread();
        Hit();
        var hit = GC.GetAllocatedBytesForCurrentThread() - before;
        before = GC.GetAllocatedBytesForCurrentThread();
        Floor();
        var floor = GC.GetAllocatedBytesForCurrentThread() - before;

        // What the cache did (reason, time left, status when asked for), and the references and numbers of a stored body in place of one memory.
        (hit - floor).Should().BeInRange(0, 48);

        void Hit() => ResponseWriter.FromStored(stored, request, StoredContent.Of(null, body, 0, 3), TimeSpan.FromSeconds(5)).Dispose();

        void Floor()
        {
            var response = new HttpResponseMessage { RequestMessage = request, Content = new ReadOnlyMemoryContent(default) };
            response.Headers.TryAddWithoutValidation("Date", "x");
            response.Headers.TryAddWithoutValidation("ETag", "\"a\"");
            response.Headers.TryAddWithoutValidation("Age", "5");
            response.Content.Headers.TryAddWithoutValidation("Content-Type", "text/plain");
            response.Content.Headers.TryAddWithoutValidation("Content-Length", "3");
            response.Dispose();
        }
    }

    private static Task<LoopbackServer> ServeAsync(bool chunked, string? coding) => LoopbackServer.StartAsync(async context =>
    {
        var body = Data;
        if (coding is not null)
        {
            using var target = new MemoryStream();
            using (var gzip = new GZipStream(target, CompressionLevel.Fastest))
            {
                gzip.Write(Data);
            }

            body = target.ToArray();
            context.Response.Headers.ContentEncoding = coding;
        }

        context.Response.ContentLength = chunked ? null : body.Length;
        await context.Response.Body.WriteAsync(body);
    });

    private static StoredResponse Store(ResponseHead head, long length) => new()
    {
        Method = "GET",
        TargetUri = head.FinalUri,
        StatusCode = head.StatusCode,
        ReasonPhrase = head.ReasonPhrase,
        HttpVersion = head.HttpVersion,
        Fields = head.Fields,
        Times = default,
        BodyLength = length,
        Variant = string.Empty,
        Rank = 0,
        Generation = 1,
        BodyId = 1,
    };

    private static List<FieldLine> Lines(HttpResponseMessage response)
    {
        var lines = new FieldLineBuffer(null);
        lines.Add(response.Headers.NonValidated);
        lines.Add(response.Content.Headers.NonValidated);
        return [.. lines.Array.Take(lines.Count).OrderBy(line => line.Name, StringComparer.Ordinal)];
    }

    private sealed class RecordingHandler(FakeSink sink) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            var length = ResponseReader.Read(response, "GET", string.Empty, default).WireContentLength;
            response.Content = new RecordingContent(response.Content, sink, length);
            return response;
        }
    }
}
