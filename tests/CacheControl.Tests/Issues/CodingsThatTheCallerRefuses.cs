using System.Net;
using HttpCaching.Tests.Http;
using Microsoft.AspNetCore.Http;

namespace HttpCaching.Tests.Issues;

/// <summary>With decompression on, the caller's Accept-Encoding still has the last word.</summary>
public sealed class CodingsThatTheCallerRefuses
{
    [Theory]
    [Trait("Spec", "HTC-21")]
    [InlineData("identity", "identity", "")]
    [InlineData("Identity;q=0.5", "Identity;q=0.5", "")]
    [InlineData("identity, gzip;q=0", "identity, gzip;q=0", "")]
    [InlineData("identity, *;q=0", "identity, *;q=0", "")]
    [InlineData("*;q=0", "*;q=0", "")]
    [InlineData("*;q=0.000, br", "*;q=0.000, br", "br")]
    [InlineData("gzip;q=0", "gzip;q=0, deflate, br", "deflate br")]
    [InlineData("x-gzip;q=0", "x-gzip;q=0, deflate, br", "deflate br")]
    [InlineData("gzip;q=0, br;q=0.0", "gzip;q=0, br;q=0.0, deflate", "deflate")]
    [InlineData("identity;q=0", "identity;q=0, gzip, deflate, br", "gzip deflate br")]
    [InlineData("deflate", "deflate, gzip, br", "gzip deflate br")]
    [InlineData("gzip;q=0.5", "gzip;q=0.5, deflate, br", "gzip deflate br")]
    [InlineData("", "gzip, deflate, br", "gzip deflate br")]
    public async Task Get_RefusedCoding_IsNeitherAskedForNorUndone(string accept, string sent, string undone)
    {
        var data = Make.Bytes(3000);
        await using var server = await LoopbackServer.StartAsync(context => AnswerAsync(context, data));
        using var client = new HttpClient(new CachingHandler(new HttpCacheOptions { AutomaticDecompression = DecompressionMethods.All }));
        foreach (var coding in new[] { "gzip", "deflate", "br" })
        {
            foreach (var isHit in new[] { false, true })
            {
                server.Requests.Clear();
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, "/" + coding));
                if (accept.Length > 0)
                {
                    request.Headers.TryAddWithoutValidation("Accept-Encoding", accept);
                }

                using var response = isHit ? client.Send(request) : await client.SendAsync(request);
                var body = await response.Content.ReadAsByteArrayAsync();

                response.GetCacheStatus()!.Hit.Should().Be(isHit);
                var isUndone = undone.Split(' ').Contains(coding);
                body.AsSpan().SequenceEqual(isUndone ? data : Coding.Encode(coding, data)).Should().BeTrue(coding);
                response.Content.Headers.ContentEncoding.Should().Equal(isUndone ? [] : new[] { coding });
                server.Requests.Should().HaveCount(isHit ? 0 : 1);
                server.Requests.All(r => r.Contains($"ae={sent} body", StringComparison.Ordinal)).Should().BeTrue($"{coding}: {string.Join(';', server.Requests)}");
            }
        }
    }

    // Sends each coding whether it was asked for or not.
    private static async Task AnswerAsync(HttpContext context, byte[] data)
    {
        var coding = context.Request.Path.Value![1..];
        context.Response.Headers.CacheControl = "max-age=60";
        context.Response.Headers.Vary = "Accept-Encoding";
        context.Response.Headers.ContentEncoding = coding;
        await context.Response.Body.WriteAsync(Coding.Encode(coding, data));
    }
}
