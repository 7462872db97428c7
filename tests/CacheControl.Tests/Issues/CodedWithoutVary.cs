using System.Collections.Concurrent;
using HttpCaching.Tests.Http;
using Microsoft.AspNetCore.Http;

namespace HttpCaching.Tests.Issues;

/// <summary>A server that compresses for callers that ask for it, and sends no Vary: nginx as Debian configures it.</summary>
public sealed class CodedWithoutVary
{
    private static readonly byte[] Data = Make.Bytes(20_000);

    [Theory]
    [Trait("Spec", "HTC-23")]
    [InlineData(null)]
    [InlineData("identity")]
    [InlineData("gzip;q=0")]
    [InlineData("br")]
    public async Task Get_CallerThatDoesNotAcceptTheStoredCoding_GetsWhatTheServerGivesIt(string? accept)
    {
        var codings = new ConcurrentQueue<string>();
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            var coded = context.Request.Headers.AcceptEncoding.ToString() is "gzip" or "gzip, deflate";
            codings.Enqueue(coded ? "gzip" : "");
            return AnswerAsync(context, coded);
        });
        using var client = new HttpClient(new CachingHandler());

        (await ReadAsync(client, server.Address, "gzip")).Coding.Should().Be("gzip");
        var other = await ReadAsync(client, server.Address, accept);
        other.Coding.Should().BeNull();
        other.Body.AsSpan().SequenceEqual(Data).Should().BeTrue();

        // Both are kept.
        (await ReadAsync(client, server.Address, "gzip")).Coding.Should().Be("gzip");
        (await ReadAsync(client, server.Address, accept)).Coding.Should().BeNull();
        codings.Should().Equal("gzip", "");
    }

    /// <summary>An archive has a coding for everybody: a caller that did not ask for one gets it, and it is a hit for the next.</summary>
    [Theory]
    [Trait("Spec", "HTC-23")]
    [InlineData(null, 1)]
    [InlineData("gzip", 2)]
    public async Task Get_CodingThatWasNotAskedFor_IsAHitForCallersThatDoNotAskEither(string? first, int requests)
    {
        await using var server = await LoopbackServer.StartAsync(context => AnswerAsync(context, coded: true));
        using var client = new HttpClient(new CachingHandler());

        foreach (var accept in new[] { first, null, null, first })
        {
            (await ReadAsync(client, server.Address, accept)).Coding.Should().Be("gzip");
        }

        server.Requests.Count.Should().Be(requests);
    }

    private static async Task<(string? Coding, byte[] Body)> ReadAsync(HttpClient client, Uri address, string? accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", accept);
        }

        using var response = await client.SendAsync(request);
        return (response.Content.Headers.ContentEncoding.SingleOrDefault(), await response.Content.ReadAsByteArrayAsync());
    }

    private static async Task AnswerAsync(HttpContext context, bool coded)
    {
        context.Response.Headers.CacheControl = "max-age=60";
        context.Response.Headers.ETag = coded ? "W/\"1\"" : "\"1\"";
        if (coded)
        {
            context.Response.Headers.ContentEncoding = "gzip";
        }

        await context.Response.Body.WriteAsync(coded ? Coding.Encode("gzip", Data) : Data);
    }
}
