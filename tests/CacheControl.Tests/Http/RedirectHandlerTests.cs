using System.Net;
using System.Net.Http.Headers;
using System.Text;
using HttpCaching.Http;
using Microsoft.AspNetCore.Http;

namespace HttpCaching.Tests.Http;

/// <summary>The platform's own redirects are the yardstick: same hops on the wire, same response, same state of the caller's request.</summary>
public sealed class RedirectHandlerTests
{
    public static TheoryData<string, int, string, bool> Cases()
    {
        var data = new TheoryData<string, int, string, bool>();
        foreach (var method in new[] { "GET", "HEAD", "POST", "PUT" })
        {
            foreach (var status in new[] { 300, 301, 302, 303, 304, 307, 308 })
            {
                data.Add(method, status, "/final", false);
            }
        }

        data.Add("GET", 301, "/final?a=%2f&b=c d", false);
        data.Add("GET", 301, "final", true);
        data.Add("GET", 301, "?q", false);
        data.Add("GET", 301, "//{authority}/final", false);
        data.Add("GET", 301, "http://{authority}/final#new", false);
        data.Add("GET", 301, "/final\u00c3\u00a9", false);
        data.Add("GET", 301, "", false);
        data.Add("POST", 302, "/final", true);
        data.Add("GET", 200, "/final", false);
        return data;
    }

    [Theory]
    [Trait("Spec", "HTC-4")]
    [Trait("Spec", "HTC-9")]
    [MemberData(nameof(Cases))]
    public async Task Send_Redirected_DoesWhatThePlatformDoes(string method, int status, string location, bool sync)
    {
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            if (context.Request.Path != "/start")
            {
                return context.Response.WriteAsync(context.Request.Method == "HEAD" ? string.Empty : "here");
            }

            context.Response.StatusCode = status;
            context.Response.Headers.Location = location.Replace("{authority}", context.Request.Host.Value, StringComparison.Ordinal);
            return Task.CompletedTask;
        });

        using var platform = new HttpMessageInvoker(new SocketsHttpHandler());
        using var ours = new HttpMessageInvoker(new RedirectHandler(new SocketsHttpHandler { AllowAutoRedirect = false }));
        var expected = await ExchangeAsync(platform, server, method, sync);
        var actual = await ExchangeAsync(ours, server, method, sync);

        actual.Should().Be(expected);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Send_TooManyRedirects_ReturnsTheLast(bool sync)
    {
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = "/" + (int.Parse(context.Request.Path.Value![1..], null) + 1);
            return context.Response.WriteAsync("moved");
        });
        using var invoker = new HttpMessageInvoker(new RedirectHandler(new SocketsHttpHandler { AllowAutoRedirect = false }, 3));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, "/0"));

        using var response = sync ? invoker.Send(request, default) : await invoker.SendAsync(request, default);

        response.StatusCode.Should().Be(HttpStatusCode.Found);
        server.Requests.Should().HaveCount(4);
        request.RequestUri!.AbsolutePath.Should().Be("/3");
        (await response.Content.ReadAsStringAsync()).Should().Be("moved");
    }

    [Fact]
    [Trait("Spec", "SEC-5")]
    public async Task Send_FromHttpsToHttp_IsNotFollowed()
    {
        var inner = new StubHandler(_ => Redirect(301, "http://h/b"));
        using var invoker = new HttpMessageInvoker(new RedirectHandler(inner));
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://h/a");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "x");

        using var response = await invoker.SendAsync(request, default);

        inner.Calls.Should().Be(1);
        response.StatusCode.Should().Be(HttpStatusCode.MovedPermanently);
        request.Headers.Authorization.Should().NotBeNull();
    }

    [Theory]
    [Trait("Spec", "HTC-8")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Send_Redirect_ReadsItsBodyForTheCacheBelowAndDisposesIt(bool sync)
    {
        var sink = new FakeSink();
        var upstream = new ScriptedContent(Encoding.ASCII.GetBytes("moved"), Encoding.ASCII.GetBytes(" away"));
        var first = Redirect(301, "/b");
        first.Content = new RecordingContent(upstream, sink, null);
        var inner = new StubHandler(request => request.RequestUri!.AbsolutePath == "/a" ? first : new HttpResponseMessage());
        using var invoker = new HttpMessageInvoker(new RedirectHandler(inner));
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://h/a");

        using var response = sync ? invoker.Send(request, default) : await invoker.SendAsync(request, default);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        sink.CompletedLength.Should().Be(10);
        upstream.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public async Task Send_RedirectWithFailingBody_IsFollowed()
    {
        var first = Redirect(301, "/b");
        first.Content = new ScriptedContent(new IOException("gone"));
        var inner = new StubHandler(request => request.RequestUri!.AbsolutePath == "/a" ? first : new HttpResponseMessage());
        using var invoker = new HttpMessageInvoker(new RedirectHandler(inner));
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://h/a");

        using var response = await invoker.SendAsync(request, default);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    private static HttpResponseMessage Redirect(int status, string location)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status);
        response.Headers.TryAddWithoutValidation("Location", location);
        return response;
    }

    private static async Task<string> ExchangeAsync(HttpMessageInvoker invoker, LoopbackServer server, string method, bool sync)
    {
        server.Requests.Clear();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(server.Address, "/start#frag"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "secret");
        request.Headers.TryAddWithoutValidation("X-Kept", "1");
        if (method is "POST" or "PUT")
        {
            request.Content = new StringContent("payload");
        }

        using var response = sync ? invoker.Send(request, default) : await invoker.SendAsync(request, default);
        var text = new StringBuilder()
            .AppendLine(string.Join('\n', server.Requests))
            .AppendLine($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}")
            .AppendLine($"{request.Method} {request.RequestUri!.AbsoluteUri} content={request.Content is not null} same={response.RequestMessage == request}");
        foreach (var header in request.Headers.NonValidated)
        {
            text.AppendLine($"{header.Key}: {header.Value}");
        }

        return text.ToString();
    }

    private sealed class StubHandler(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        public int Calls { get; private set; }

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Calls++;
            return answer(request);
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(Send(request, cancellationToken));
    }
}
