using System.Text;

namespace HttpCaching.Tests.Http;

/// <summary>Interim responses on the wire, before the final one.</summary>
public sealed class InterimResponseTests
{
    private const string Interim =
        "HTTP/1.1 102 Processing\r\nX-Interim: 102\r\n\r\n" +
        "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nCache-Control: no-store\r\nETag: \"hint\"\r\nSet-Cookie: hint=1\r\n\r\n";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Spec", "STO-2")]
    public async Task Get_InterimResponsesFirst_StoresTheFinalOneAlone(bool isAsync)
    {
        await using var server = new RawServer(Encoding.ASCII.GetBytes(Interim + "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 2\r\n\r\nhi"));
        using var client = new HttpClient(new CachingHandler { InnerHandler = new SocketsHttpHandler() });

        var first = await AskAsync(client, server.Address, isAsync);
        var second = await AskAsync(client, server.Address, isAsync);

        (first.Hit, second.Hit).Should().Be((false, true));
        foreach (var (fields, body) in new[] { (first.Fields, first.Body), (second.Fields, second.Body) })
        {
            body.Should().Be("hi");
            fields.Should().Contain("Cache-Control: max-age=60").And.NotContain("Link").And.NotContain("X-Interim").And.NotContain("ETag").And.NotContain("Set-Cookie");
        }
    }

    [Fact]
    [Trait("Spec", "STO-2")]
    public async Task Validation_InterimResponsesFirst_TakesNothingFromThem()
    {
        await using var server = new RawServer(
            Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nCache-Control: max-age=0\r\nETag: \"a\"\r\nContent-Length: 2\r\n\r\nhi"),
            Encoding.ASCII.GetBytes(Interim + "HTTP/1.1 304 Not Modified\r\nCache-Control: max-age=60\r\nETag: \"a\"\r\n\r\n"));
        using var client = new HttpClient(new CachingHandler { InnerHandler = new SocketsHttpHandler() });

        await AskAsync(client, server.Address, isAsync: true);
        var validated = await AskAsync(client, server.Address, isAsync: true);
        var hit = await AskAsync(client, server.Address, isAsync: true);

        (validated.Body, hit.Body, hit.Hit).Should().Be(("hi", "hi", true));
        hit.Fields.Should().Contain("ETag: \"a\"").And.Contain("max-age=60").And.NotContain("Link").And.NotContain("no-store").And.NotContain("X-Interim");
    }

    private static async Task<(bool Hit, string Fields, string Body)> AskAsync(HttpClient client, Uri address, bool isAsync)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        using var response = isAsync ? await client.SendAsync(request) : client.Send(request);
        return (response.GetCacheStatus()!.Hit, $"{response.Headers}{response.Content.Headers}", await response.Content.ReadAsStringAsync());
    }
}
