using System.Net.Http.Headers;
using System.Text;
using HttpCaching.Tests.Http;
using Microsoft.AspNetCore.Http;

namespace HttpCaching.Tests.Issues;

/// <summary>Redirects that the cache follows in the primary handler's place, compared with the platform's own over real sockets.</summary>
public sealed class RedirectsAsByThePlatform
{
    public static TheoryData<string, int, string, bool> Cases()
    {
        var data = new TheoryData<string, int, string, bool>();
        foreach (var method in new[] { "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "QUERY", "OPTIONS", "get", "post", "Custom" })
        {
            foreach (var status in new[] { 299, 300, 301, 302, 303, 305, 306, 307, 308, 309 })
            {
                data.Add(method, status, "/final", false);
            }
        }

        string[] locations =
        [
            "/final?a=%2f&b=c d", "final", "./final", "../final", "?q", "#only", "", " ", "/final#new", "//{self}/final", "//{other}/final", "http://{self}/final#new",
            "http://{other}/final", "HTTP://{other}/final", "http://{other}", "http://u:p@{other}/final", "http://u:p@{self}/final", "http://{other}/final#f",
            "ftp:///x", "file:///etc/passwd", "mailto:a@b.invalid", "data:text/plain,x", "ws://{other}/final", "wss://{other}/final", "unknown:x", "javascript:0",
            "http://", "http:///final", "http:final", "http:/final", "https://", "http://[::1", "http://h:99999/", "http://a b/", "/final\u00c3\u00a9", "/\u00ff", "%", "/a\\b", "\\\\{other}\\final",
            "http://{other}:/final",
        ];
        foreach (var location in locations)
        {
            data.Add("GET", 302, location, false);
            data.Add("GET", 302, location, true);
            data.Add("POST", 307, location, false);
        }

        return data;
    }

    [Theory]
    [Trait("Spec", "HTC-21")]
    [MemberData(nameof(Cases))]
    public async Task Send_Redirected_DoesWhatThePlatformDoes(string method, int status, string location, bool sync)
    {
        await using var other = await LoopbackServer.StartAsync(AnswerAsync);
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            if (context.Request.Path != "/a/start")
            {
                return AnswerAsync(context);
            }

            context.Response.StatusCode = status;
            context.Response.Headers.Location = location
                .Replace("{self}", context.Request.Host.Value, StringComparison.Ordinal).Replace("{other}", other.Address.Authority, StringComparison.Ordinal);
            return Task.CompletedTask;
        });

        using var platform = new HttpClient(new SocketsHttpHandler());
        using var ours = new HttpClient(new CachingHandler());

        (await ExchangeAsync(ours, server, other, method, sync, null)).Should().Be(await ExchangeAsync(platform, server, other, method, sync, null));
    }

    /// <summary>What is for one authority does not go to another: credentials, and the Host that the caller has set.</summary>
    [Theory]
    [Trait("Spec", "SEC-13")]
    [InlineData("/final", "virtual.example", false)]
    [InlineData("http://{self}/final", "virtual.example", false)]
    [InlineData("http://{other}/final", "virtual.example", false)]
    [InlineData("http://{other}/final", "virtual.example", true)]
    [InlineData("http://{other}/final", "{other}", false)]
    [InlineData("http://{other}/final", "{self}", false)]
    [InlineData("//{other}/final", "virtual.example:81", false)]
    [InlineData("http://localhost:{port}/final", "virtual.example", false)]
    [InlineData("http://127.1:{port}/final", "virtual.example", false)]
    public async Task Send_RedirectedWithHostSet_DoesWhatThePlatformDoes(string location, string host, bool sync)
    {
        await using var other = await LoopbackServer.StartAsync(AnswerAsync);
        var target = string.Empty;
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            if (context.Request.Path != "/a/start")
            {
                return AnswerAsync(context);
            }

            context.Response.StatusCode = 302;
            context.Response.Headers.Location = target;
            return Task.CompletedTask;
        });
        target = Fill(location);
        using var platform = new HttpClient(new SocketsHttpHandler());
        using var ours = new HttpClient(new CachingHandler());

        // The one difference: the platform sends the Host of the first authority to the next one too.
        var actual = await ExchangeAsync(ours, server, other, "GET", sync, Fill(host));
        var expected = await ExchangeAsync(platform, server, other, "GET", sync, Fill(host));
        var authority = new Uri(server.Address, target).Authority;
        if (authority != server.Address.Authority)
        {
            expected = expected.Replace("here: host " + Fill(host), "here: host " + authority, StringComparison.Ordinal).Replace("Host: " + Fill(host) + "\n", string.Empty, StringComparison.Ordinal);
        }

        actual.Should().Be(expected);

        string Fill(string text) => text.Replace("{self}", server.Address.Authority, StringComparison.Ordinal)
            .Replace("{other}", other.Address.Authority, StringComparison.Ordinal)
            .Replace("{port}", server.Address.Port.ToString(null, null), StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Spec", "HTC-21")]
    [InlineData(1, false)]
    [InlineData(3, true)]
    [InlineData(50, false)]
    public async Task Send_MoreRedirectsThanAllowed_DoesWhatThePlatformDoes(int limit, bool sync)
    {
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = context.Request.Path + "x";
            return context.Response.WriteAsync("moved");
        });
        using var platform = new HttpClient(new SocketsHttpHandler { MaxAutomaticRedirections = limit });
        using var ours = new HttpClient(new CachingHandler(new HttpCacheOptions { MaximumRedirects = limit }));

        (await ExchangeAsync(ours, server, server, "GET", sync, null)).Should().Be(await ExchangeAsync(platform, server, server, "GET", sync, null));
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Method != "HEAD")
        {
            await context.Response.WriteAsync($"here: host {context.Request.Host.Value}");
        }
    }

    private static async Task<string> ExchangeAsync(HttpClient client, LoopbackServer server, LoopbackServer other, string method, bool sync, string? host)
    {
        server.Requests.Clear();
        other.Requests.Clear();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(server.Address, "/a/start#frag"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "secret");
        request.Headers.TryAddWithoutValidation("X-Kept", "1");
        request.Headers.Host = host;
        if (method is "POST" or "PUT" or "PATCH" or "post")
        {
            request.Content = new StringContent("payload");
        }

        var text = new StringBuilder().Append('\n');
        try
        {
            using var response = sync ? client.Send(request) : await client.SendAsync(request);
            text.AppendLine($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()} same={response.RequestMessage == request}");
        }
        catch (Exception exception)
        {
            text.AppendLine(exception.GetType().Name);
        }

        text.AppendLine(string.Join('\n', server.Requests)).AppendLine(string.Join('\n', other.Requests))
            .AppendLine($"{request.Method} {request.RequestUri!.OriginalString} {request.RequestUri.Fragment} content={request.Content is not null}");
        foreach (var header in request.Headers.NonValidated)
        {
            text.AppendLine($"{header.Key}: {header.Value}");
        }

        return text.ToString();
    }
}
