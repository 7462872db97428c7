using System.Net;
using System.Net.Sockets;
using System.Text;
using HttpCaching.Conformance.Proxy;

namespace HttpCaching.Conformance;

/// <summary>The proxy by itself, byte by byte; needs nothing but the loopback interface.</summary>
public sealed class ProxyTests
{
    private const string PlainRequest = "GET /a?b=%7E HTTP/1.1\r\nHost: proxy\r\nConnection: close\r\n\r\n";

    [Fact]
    public async Task Adds_nothing_to_a_response_and_changes_nothing_in_it()
    {
        var (_, response) = await ExchangeAsync(
            PlainRequest,
            "HTTP/1.1 299 What Ever\r\nX-Text: \u00fc\u00a3\r\nExpires: 0\r\nCache-Control: a\r\nCache-Control: b\r\nX-Empty:\r\nContent-Length: 2\r\n\r\nhi");

        var lines = response.Split("\r\n");
        lines[0].Should().Be("HTTP/1.1 299 What Ever");
        lines[1..^2].Should().BeEquivalentTo(
            "X-Text: \u00fc\u00a3", "Expires: 0", "Cache-Control: a", "Cache-Control: b", "X-Empty: ", "Content-Length: 2", "Connection: close");
        lines[^1].Should().Be("hi");
    }

    [Fact]
    public async Task Passes_on_no_field_of_the_connection()
    {
        var (request, response) = await ExchangeAsync(
            "M-SEARCH /x HTTP/1.1\r\nHost: proxy\r\nConnection: Hop\r\nHop: 1\r\nTE: trailers\r\nContent-Type: a/b\r\nContent-Length: 3\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nConnection: Hop\r\nHop: 1\r\nKeep-Alive: x\r\nStay: 1\r\nContent-Length: 0\r\n\r\n");

        request.Should().StartWith("M-SEARCH /x HTTP/1.1\r\n").And.EndWith("\r\n\r\nabc").And.NotContain("Hop").And.NotContain("TE:");
        request.Should().Contain("Content-Type: a/b\r\n").And.Contain("Content-Length: 3\r\n").And.NotContain("proxy");
        response.Should().Contain("Stay: 1\r\n").And.NotContain("Hop").And.NotContain("Keep-Alive");
    }

    [Fact]
    public async Task Passes_over_interim_responses()
    {
        var (_, response) = await ExchangeAsync(
            PlainRequest, "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");

        response.Should().StartWith("HTTP/1.1 200 OK\r\n").And.EndWith("hi").And.NotContain("Link");
    }

    [Theory]
    [InlineData("Content-Length: 10\r\n\r\nhalf")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")]
    public async Task Breaks_off_where_the_origin_does(string sent)
    {
        var (_, response) = await ExchangeAsync(PlainRequest, "HTTP/1.1 200 OK\r\n" + sent);

        // What was underway when the connection was broken off may be lost with it; the end may not appear.
        response.Should().NotStartWith("HTTP/1.1 5").And.NotContain("Content-Length: 4").And.NotEndWith("0\r\n\r\n");
    }

    [Fact]
    public async Task Says_so_when_the_origin_gives_no_response()
    {
        var (_, response) = await ExchangeAsync(PlainRequest, "");

        response.Should().StartWith("HTTP/1.1 502 ");
    }

    /// <summary>Sends a request through the proxy to an origin with one answer; all as Latin-1.</summary>
    private static async Task<(string Request, string Response)> ExchangeAsync(string request, string answer)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var origin = new UriBuilder("http", "127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port).Uri;
        var seen = AnswerAsync(listener, answer);
        await using var proxy = await TransparentProxy.StartAsync(origin, network => network);

        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, proxy.Address.Port);
        await client.Client.SendAsync(Encoding.Latin1.GetBytes(request));
        return (await seen, await ReadAllAsync(client.GetStream()));
    }

    private static async Task<string> AnswerAsync(TcpListener listener, string answer)
    {
        using var connection = await listener.AcceptTcpClientAsync();
        var stream = connection.GetStream();
        var buffer = new byte[4096];
        var request = "";
        while (!request.Contains("\r\n\r\n", StringComparison.Ordinal) || (request[0] == 'M' && !request.EndsWith("abc", StringComparison.Ordinal)))
        {
            request += Encoding.Latin1.GetString(buffer, 0, await stream.ReadAsync(buffer));
        }

        await stream.WriteAsync(Encoding.Latin1.GetBytes(answer));
        return request;
    }

    private static async Task<string> ReadAllAsync(NetworkStream stream)
    {
        var buffer = new byte[4096];
        var received = "";
        try
        {
            // Kestrel makes any Connection value with "close" in it no more than that, so not every client closes.
            int read;
            while (!received.Contains("Content-Length: 0\r\n", StringComparison.Ordinal)
                && (read = await stream.ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(30))) > 0)
            {
                received += Encoding.Latin1.GetString(buffer, 0, read);
            }
        }
        catch (IOException)
        {
            // A connection that is reset has ended too.
        }

        return received;
    }
}
