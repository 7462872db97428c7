using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Issues;

/// <summary>
/// A message with Transfer-Encoding says nothing by its Content-Length (RFC 9112 §6.3). It was believed: an empty or cut body was stored as the whole, and
/// callers who read it along got as many bytes as it said, without an error.
/// </summary>
[Trait("Spec", "INC-10")]
public sealed class LengthBesideChunked
{
    private const string Body = "hello world";

    [Theory]
    [InlineData(0, false)]
    [InlineData(5, false)]
    [InlineData(11, false)]
    [InlineData(20, false)]
    [InlineData(0, true)]
    [InlineData(5, true)]
    public async Task Get_LengthBesideChunked_IsPassedOnWholeAndNotStored(int length, bool isBlocking)
    {
        await using var server = Server(length);
        using var client = new HttpClient(new CachingHandler());

        for (var i = 0; i < 2; i++)
        {
            using var response = isBlocking
                ? client.Send(new HttpRequestMessage(HttpMethod.Get, server.Address), HttpCompletionOption.ResponseHeadersRead)
                : await client.GetAsync(server.Address, HttpCompletionOption.ResponseHeadersRead);
            (await BodyOf(response)).Should().Be(Body);
            response.GetCacheStatus()!.Stored.Should().BeFalse();
        }

        server.Requests.Should().HaveCount(2, "nothing was stored");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(20)]
    public async Task Get_ThreeAtOnce_AllGetTheWholeBody(int length)
    {
        await using var server = Server(length);
        using var client = new HttpClient(new CachingHandler());

        var bodies = await Task.WhenAll(Enumerable.Range(0, 3).Select(async _ =>
        {
            using var response = await client.GetAsync(server.Address, HttpCompletionOption.ResponseHeadersRead);
            return await BodyOf(response);
        }));

        bodies.Should().AllBe(Body);
    }

    /// <summary>A handler below that reads bodies whole and asks for their length, as those that log do, leaves both fields behind: the length is right then.</summary>
    [Theory]
    [InlineData(null, true)]
    [InlineData(11, true)]
    [InlineData(5, false)]
    public async Task Get_BodyReadWholeBelow_IsStoredIfTheLengthIsTheBodys(int? length, bool isStored)
    {
        var head = "HTTP/1.1 200 OK\nCache-Control: max-age=60" + (length is null ? "" : $"\nContent-Length: {length}");
        await using var server = new ByteServer(_ => ByteServer.Chunked(head, System.Text.Encoding.ASCII.GetBytes(Body)));
        using var client = new HttpClient(new CachingHandler { InnerHandler = new Reading { InnerHandler = new SocketsHttpHandler() } });

        for (var i = 0; i < 2; i++)
        {
            using var response = await client.GetAsync(server.Address, HttpCompletionOption.ResponseHeadersRead);
            (await BodyOf(response)).Should().Be(Body);
        }

        server.Requests.Should().HaveCount(isStored ? 1 : 2);
    }

    [Fact]
    public async Task Get_PartWithLengthBesideChunked_IsNoPieceOfAWhole()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(206, "01234", ("Cache-Control", "max-age=60"), ("ETag", "\"1\""), ("Content-Range", "bytes 0-4/10"))
            .Then(_ =>
            {
                var response = ScriptedOrigin.Response(206, null, ("Cache-Control", "max-age=60"), ("ETag", "\"1\""), ("Transfer-Encoding", "chunked"));
                response.Content = Walks.Broken("56789", 5, fails: false);
                response.Content.Headers.TryAddWithoutValidation("Content-Range", "bytes 5-9/10");
                return response;
            })
            .Then(200, "0123456789", ("Cache-Control", "max-age=60"));
        await fixture.GetAsync("http://h/", ("Range", "bytes=0-4"));

        (await fixture.GetAsync()).Body.Should().Be("0123456789");

        fixture.Origin.Requests.Select(r => r["Range"]).Should().Equal("bytes=0-4", "bytes=5-", null);
    }

    private static async Task<string> BodyOf(HttpResponseMessage response)
    {
        // To the end of the stream, whatever the length says.
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        return await reader.ReadToEndAsync();
    }

    private static ByteServer Server(int length) => new(_ =>
        ByteServer.Chunked($"HTTP/1.1 200 OK\nCache-Control: max-age=60\nETag: \"1\"\nContent-Length: {length}", System.Text.Encoding.ASCII.GetBytes(Body)));

    private sealed class Reading : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            await response.Content.LoadIntoBufferAsync(cancellationToken);
            _ = response.Content.Headers.ContentLength;
            return response;
        }
    }
}
