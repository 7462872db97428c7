using HttpCaching.Tests.Http;
using Microsoft.AspNetCore.Http;

namespace HttpCaching.Tests.Issues;

/// <summary>What another origin says, after a redirect or in an answer to a Host that is not its own, counts for that origin only.</summary>
public sealed class OtherOriginsWords
{
    private const string Host = "virtual.example";

    /// <summary>A leads to B while the caller's Host is set: nothing of B's is found under that Host at A.</summary>
    [Theory]
    [Trait("Spec", "SEC-13")]
    [InlineData("above", false)]
    [InlineData("above", true)]
    [InlineData("below", false)]
    [InlineData("below", true)]
    [InlineData("direct", false)]
    [InlineData("direct", true)]
    public async Task Get_WithHostSet_IsAnsweredByTheAuthorityThatItIsSentTo(string way, bool sync)
    {
        await using var b = await LoopbackServer.StartAsync(context => AnswerAsync(context, "B", null));
        await using var a = await LoopbackServer.StartAsync(context => AnswerAsync(context, "A", new Uri(b.Address, "/x")));
        using var client = new HttpClient(way == "below" ? new CachingHandler { InnerHandler = new SocketsHttpHandler() } : new CachingHandler());

        var first = way == "direct" ? new Uri(b.Address, "/x") : new Uri(a.Address, "/start");
        for (var i = 0; i < 2; i++)
        {
            (await GetAsync(client, first, sync)).Should().StartWith("B");
            (await GetAsync(client, new Uri(a.Address, "/x"), sync)).Should().Be("A " + Host);
        }

        // Each is stored, for itself.
        a.Requests.Count(r => r.Contains("/x", StringComparison.Ordinal)).Should().Be(1);
    }

    [Fact]
    [Trait("Spec", "SEC-13")]
    public async Task Get_RedirectedToAnotherAuthority_HostStaysBehind()
    {
        await using var b = await LoopbackServer.StartAsync(context => AnswerAsync(context, "B", null));
        await using var a = await LoopbackServer.StartAsync(context => AnswerAsync(context, "A", context.Request.Query.ContainsKey("own") ? new Uri("/x", UriKind.Relative) : new Uri(b.Address, "/x")));
        using var client = new HttpClient(new CachingHandler());

        (await GetAsync(client, new Uri(a.Address, "/start"), false)).Should().Be("B " + b.Address.Authority);
        (await GetAsync(client, new Uri(a.Address, "/start?own"), false)).Should().Be("A " + Host);
    }

    /// <summary>Redirected below the cache: fields of the other origin's response that would remove something of the first one's.</summary>
    [Theory]
    [Trait("Spec", "SEC-13")]
    [InlineData("Location", "https://a.example/x")]
    [InlineData("Content-Location", "https://a.example/x")]
    [InlineData("Cache-Group-Invalidation", "\"g\"")]
    [InlineData("Clear-Site-Data", "\"cache\"")]
    public async Task Post_RedirectedBelow_OtherOriginsFieldsCountForItsOwn(string name, string value)
    {
        var options = new HttpCacheOptions { Extensions = { HonorClearSiteData = true } };
        using var client = new HttpClient(new CachingHandler(options) { InnerHandler = new RedirectingStub((name, value)) });
        foreach (var uri in new[] { "https://a.example/x", "https://b.example/x" })
        {
            await client.GetStringAsync(new Uri(uri));
        }

        using var post = new HttpRequestMessage(HttpMethod.Post, "https://a.example/redirect");
        post.Headers.Host = name == "Location" ? "a.example" : null;
        (await client.SendAsync(post)).Dispose();

        using var mine = await client.GetAsync(new Uri("https://a.example/x"));
        mine.GetCacheStatus()!.Hit.Should().BeTrue("b.example does not speak for a.example");
        using var other = await client.GetAsync(new Uri("https://b.example/x"));
        other.GetCacheStatus()!.Hit.Should().Be(name is "Location" or "Content-Location");
    }

    /// <summary>The same fields without a redirect, and of the other origin about itself.</summary>
    [Theory]
    [Trait("Spec", "SEC-13")]
    [InlineData("https://b.example/do", "Location", "/x")]
    [InlineData("https://a.example/redirect", "Location", "/x")]
    [InlineData("https://a.example/redirect", "Content-Location", "https://b.example/x")]
    public async Task Post_FieldsOfTheOriginThatAnswered_Count(string uri, string name, string value)
    {
        using var client = new HttpClient(new CachingHandler { InnerHandler = new RedirectingStub((name, value)) });
        await client.GetStringAsync(new Uri("https://b.example/x"));

        (await client.PostAsync(new Uri(uri), null)).Dispose();

        using var other = await client.GetAsync(new Uri("https://b.example/x"));
        other.GetCacheStatus()!.Hit.Should().BeFalse();
    }

    private static async Task<string> GetAsync(HttpClient client, Uri uri, bool sync)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        request.Headers.Host = Host;
        using var response = sync ? client.Send(request) : await client.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }

    private static async Task AnswerAsync(HttpContext context, string name, Uri? target)
    {
        context.Response.Headers.CacheControl = "max-age=60";
        if (context.Request.Path == "/start")
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = target!.OriginalString;
            return;
        }

        await context.Response.WriteAsync($"{name} {context.Request.Host.Value}");
    }

    /// <summary>Follows a redirect to b.example as the platform's handlers do: by writing it into the request.</summary>
    private sealed class RedirectingStub((string Name, string Value) field) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = new HttpResponseMessage { Content = new StringContent("x"), RequestMessage = request };
            if (request.RequestUri!.AbsolutePath == "/redirect")
            {
                request.RequestUri = new Uri("https://b.example/do");
            }

            if (request.Method == HttpMethod.Post)
            {
                _ = response.Headers.TryAddWithoutValidation(field.Name, field.Value) || response.Content.Headers.TryAddWithoutValidation(field.Name, field.Value);
            }
            else
            {
                response.Headers.TryAddWithoutValidation("Cache-Control", "max-age=60");
                response.Headers.TryAddWithoutValidation("Cache-Groups", "\"g\"");
            }

            return Task.FromResult(response);
        }
    }
}
