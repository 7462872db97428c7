using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HttpCaching.AspNetCore.Tests.Endpoints;

/// <summary>The responses of a server's own endpoints are stored and served by the rules of a shared cache.</summary>
public sealed class EndpointCacheTests
{
    private const string Get = "GET /a HTTP/1.1";

    private static readonly SiteOptions Named = new() { Cache = options => options.CacheStatusName = "Site" };

    [Fact]
    public async Task AFreshResponse_IsServedAgain_WithItsAge()
    {
        await using var site = await Site.StartAsync(isCached: true, Answer("hello", "Cache-Control: max-age=60", "ETag: \"a\"", "X-One: 1"), Named);

        var first = await site.AskAsync(Get);
        site.Time.Advance(TimeSpan.FromSeconds(7));
        var second = await site.AskAsync(Get);
        var throughTheWalk = await site.AskAsync(Get + "\r\nCache-Control: max-stale=5");

        site.Asked.Should().Be(1);
        first.Should().Contain("Cache-Status: Site;fwd=uri-miss;").And.Contain("stored").And.NotContain("Age:").And.EndWith("\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        second.Should().Contain("HTTP/1.1 200 OK\r\n").And.Contain("Age: 7\r\n").And.Contain("Cache-Status: Site;hit;ttl=53;").And.Contain("X-One: 1\r\n").And.Contain("ETag: \"a\"\r\n").And.EndWith("\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        throughTheWalk.Should().Be(second);
    }

    [Theory]
    [InlineData("GET /a HTTP/1.1\r\nIf-None-Match: \"a\"", "HTTP/1.1 304 Not Modified\r\n", "")]
    [InlineData("GET /a HTTP/1.1\r\nRange: bytes=1-3", "HTTP/1.1 206 Partial Content\r\n", "ell")]
    [InlineData("HEAD /a HTTP/1.1", "HTTP/1.1 200 OK\r\n", "")]
    [InlineData("GET /a HTTP/1.0", "HTTP/1.1 200 OK\r\n", "hello")]
    [InlineData("GET /%61 HTTP/1.1", "HTTP/1.1 200 OK\r\n", "hello")]
    [InlineData("GET http://site/a HTTP/1.1", "HTTP/1.1 200 OK\r\n", "hello")]
    [InlineData("GET /b HTTP/1.1\r\nCache-Control: only-if-cached", "HTTP/1.1 504 Gateway Timeout\r\n", "")]
    public async Task AStoredResponse_AnswersOtherRequests(string request, string begin, string body)
    {
        await using var site = await Site.StartAsync(isCached: true, Answer("hello", "Cache-Control: max-age=60", "ETag: \"a\"", "Content-Length: 5"));
        await site.AskAsync(Get);

        var answer = await site.AskAsync(request);

        answer.Should().StartWith(begin).And.EndWith("\r\n\r\n" + body);
        site.Asked.Should().Be(1);
    }

    [Theory]
    [InlineData("Cache-Control: no-store")]
    [InlineData("Cache-Control: private, max-age=60")]
    [InlineData("Cache-Control: no-cache")]
    [InlineData("X-One: 1")]
    public async Task AResponseThatMustNotBeServedAgain_IsNot(string field)
    {
        await using var site = await Site.StartAsync(isCached: true, Answer("hello", field));

        await site.AskAsync(Get);
        await site.AskAsync(Get);

        site.Asked.Should().Be(2);
    }

    [Fact]
    public async Task AStaleResponse_IsValidated_ByTheEndpointsOwn304()
    {
        var seen = new List<string>();
        await using var site = await Site.StartAsync(
            isCached: true,
            async context =>
            {
                seen.Add(context.Request.Headers.IfNoneMatch.ToString());
                context.Response.Headers.CacheControl = "max-age=60";
                context.Response.Headers.ETag = "\"a\"";
                context.Response.Headers["X-Turn"] = seen.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);
                if (seen[^1] == "\"a\"")
                {
                    context.Response.StatusCode = 304;
                    return;
                }

                await context.Response.WriteAsync("hello");
            },
            new SiteOptions
            {
                Before = app => app.Use(async (context, next) =>
                {
                    await next();
                    seen.Add("after: " + context.Request.Headers.IfNoneMatch + context.Response.StatusCode);
                }),
            });

        await site.AskAsync(Get);
        site.Time.Advance(TimeSpan.FromSeconds(61));
        var validated = await site.AskAsync(Get);
        var hit = await site.AskAsync(Get);

        seen.Should().Equal("", "after: 200", "\"a\"", "after: 200", "after: 200");
        validated.Should().StartWith("HTTP/1.1 200 OK\r\n").And.Contain("X-Turn: 3\r\n").And.EndWith("\r\n5\r\nhello\r\n0\r\n\r\n");
        hit.Should().Contain("Age: 0\r\n").And.EndWith("\r\n5\r\nhello\r\n0\r\n\r\n");
        site.Asked.Should().Be(2);
    }

    [Theory]
    [InlineData("POST /a HTTP/1.1\r\nContent-Length: 5")]
    [InlineData("POST /a HTTP/1.1\r\nContent-Length: 5\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA")]
    public async Task AnUnsafeMethod_PassesWithItsBody_AndInvalidates(string request)
    {
        await using var site = await Site.StartAsync(isCached: true, async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var text = await reader.ReadToEndAsync();
            context.Response.Headers.CacheControl = "max-age=60";
            await context.Response.WriteAsync(context.Request.Method + text);
        });

        await site.AskAsync(Get);
        (await site.AskAsync(request, "hello")).Should().Contain("\r\n9\r\nPOSThello\r\n");
        await site.AskAsync(Get);

        site.Asked.Should().Be(3);
    }

    [Fact]
    public async Task Variants_AreKeptApart()
    {
        await using var site = await Site.StartAsync(isCached: true, context =>
        {
            context.Response.Headers.CacheControl = "max-age=60";
            context.Response.Headers.Vary = "Accept-Language";
            return context.Response.WriteAsync("[" + context.Request.Headers.AcceptLanguage + "]");
        });

        foreach (var language in new[] { "de", "en", "de", "en" })
        {
            (await site.AskAsync($"{Get}\r\nAccept-Language: {language}")).Should().Contain($"[{language}]");
        }

        site.Asked.Should().Be(2);
    }

    [Theory]
    [InlineData("max-age=60", 2)]
    [InlineData("public, max-age=60", 1)]
    [InlineData("s-maxage=60", 1)]
    public async Task CredentialsOfAnyKind_AreThoseOfTheRules(string cacheControl, int asked)
    {
        await using var site = await Site.StartAsync(isCached: true, Answer("hello", "Cache-Control: " + cacheControl));
        await using var known = await Site.StartAsync(isCached: true, Answer("hello", "Cache-Control: " + cacheControl), new SiteOptions
        {
            Before = app => app.Use((context, next) =>
            {
                context.User = new ClaimsPrincipal(new ClaimsIdentity("cookie"));
                return next();
            }),
        });

        for (var i = 0; i < 2; i++)
        {
            await site.AskAsync(Get + "\r\nAuthorization: Basic YTpi");
            (await known.AskAsync(Get)).Should().NotContain("Authorization");
        }

        site.Asked.Should().Be(asked);
        known.Asked.Should().Be(asked);
    }

    [Fact]
    public async Task OtherHosts_AreOtherOrigins()
    {
        await using var site = await Site.StartAsync(isCached: true, Answer("hello", "Cache-Control: max-age=60"));
        using var client = new HttpClient();

        foreach (var host in new[] { "one", "two", "one", "two", "ONE" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(site.Address, "/a")) { Headers = { Host = host } };
            using var response = await client.SendAsync(request);
            (await response.Content.ReadAsStringAsync()).Should().Be("hello");
        }

        site.Asked.Should().Be(2);
    }

    [Fact]
    public async Task TheNameOfAnother_FindsAndLeavesNothing_OfWhatAClientGotThere()
    {
        await using var site = await Site.StartAsync(isCached: true, Answer("from here", "Cache-Control: max-age=60"));
        using var client = new HttpClient(new CachingHandler(site.Cache) { InnerHandler = new Elsewhere() });
        using var server = new HttpClient();
        async Task<string> AskHereAsync(string target)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(site.Address, target)) { Headers = { Host = "elsewhere" } };
            using var response = await server.SendAsync(request);
            return await response.Content.ReadAsStringAsync();
        }

        for (var i = 0; i < 2; i++)
        {
            (await client.GetStringAsync("http://elsewhere/secret")).Should().Be("from elsewhere");
            (await AskHereAsync("/secret")).Should().Be("from here");
            (await AskHereAsync("/other")).Should().Be("from here");
            (await client.GetStringAsync("http://elsewhere/other")).Should().Be("from elsewhere");
        }

        site.Asked.Should().Be(2);
    }

    [Theory]
    [InlineData("/base/a", "/base/a", true)]
    [InlineData("/old", "/new", true)]
    [InlineData("/a%2Fb", "/a/b", false)]
    [InlineData("/a%2Fb", "/a%2Fb", true)]
    [InlineData("/a?b=1", "/a?b=2", false)]
    [InlineData("/a b", "/a%20b", true)]
    [InlineData("/a\\b", "/a/b", false)]
    [InlineData("/a\\b", "/a%5Cb", true)]
    [InlineData("/up", "/new", false)]
    public async Task ATarget_IsThatOfTheEndpoint(string first, string second, bool isSame)
    {
        await using var site = await Site.StartAsync(isCached: true, Answer("hello", "Cache-Control: max-age=60"), new SiteOptions
        {
            Before = app => app.UsePathBase("/base").Use((context, next) =>
            {
                context.Request.Path = context.Request.Path.Value switch
                {
                    "/old" => "/new",
                    "/up" => "/old/../new",
                    _ => context.Request.Path,
                };
                return next(context);
            }),
        });

        await site.AskAsync($"GET {first.Replace(" ", "%20", StringComparison.Ordinal)} HTTP/1.1");
        await site.AskAsync($"GET {second} HTTP/1.1");

        site.Asked.Should().Be(isSame ? 1 : 2);
    }

    [Fact]
    public async Task ARequestWithContent_IsTheEndpoints()
    {
        await using var site = await Site.StartAsync(isCached: true, async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var text = await reader.ReadToEndAsync();
            context.Response.Headers.CacheControl = "max-age=60";
            await context.Response.WriteAsync("got " + text);
        });

        (await site.AskAsync(Get + "\r\nContent-Length: 3", "one")).Should().Contain("got one");
        (await site.AskAsync(Get + "\r\nContent-Length: 3", "two")).Should().Contain("got two");
        (await site.AskAsync("get /a HTTP/1.1")).Should().Contain("got ");

        site.Asked.Should().Be(3);
    }

    [Fact]
    public async Task AnInvalidation_IsOfTheUri()
    {
        await using var site = await Site.StartAsync(isCached: true, Answer("hello", "Cache-Control: max-age=60"));
        await site.AskAsync(Get);
        (await site.Cache.FindAsync(new Uri("http://site/a"))).Should().ContainSingle();

        await site.Cache.InvalidateAsync(new Uri("http://site/a"));
        await site.AskAsync(Get);

        site.Asked.Should().Be(2);
    }

    [Fact]
    public async Task FieldsOfMiddlewareBefore_AreNotStored()
    {
        var turn = 0;
        await using var site = await Site.StartAsync(isCached: true, Answer("hello", "Cache-Control: max-age=60", "X-Changed: endpoint"), new SiteOptions
        {
            Before = app => app.Use((context, next) =>
            {
                context.Response.Headers["X-Turn"] = $"{++turn}";
                context.Response.Headers["X-Changed"] = "before";
                return next();
            }),
        });

        for (var i = 1; i <= 3; i++)
        {
            (await site.AskAsync(Get)).Should().Contain($"X-Turn: {i}\r\n").And.Contain("X-Changed: before\r\nX-Changed: endpoint\r\n");
        }

        site.Asked.Should().Be(1);
    }

    [Fact]
    public async Task WhatMiddlewareBeforeForbids_IsNotStored()
    {
        await using var site = await Site.StartAsync(isCached: true, Answer("hello", "Expires: Fri, 02 Jan 2026 00:00:00 GMT"), new SiteOptions
        {
            Before = app => app.Use((context, next) =>
            {
                context.Response.Headers.CacheControl = "no-store";
                return next();
            }),
        });

        await site.AskAsync(Get);
        await site.AskAsync(Get);

        site.Asked.Should().Be(2);
    }

    [Fact]
    public async Task TheCacheOfTheServices_IsUsed_AndMustBeShared()
    {
        var builder = WebApplication.CreateSlimBuilder();
        await using (var none = builder.Build())
        {
            new Action(() => none.UseHttpCache()).Should().Throw<InvalidOperationException>().WithMessage("*AddHttpCaching*");
        }

        builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddHttpCaching();
        await using (var wrong = builder.Build())
        {
            new Action(() => wrong.UseHttpCache()).Should().Throw<InvalidOperationException>().WithMessage("*Shared*");
        }

        builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddHttpCaching(options => options.Kind = CacheKind.Shared);
        await using var right = builder.Build();
        right.UseHttpCache().Should().BeSameAs(right);
    }

    internal static RequestDelegate Answer(string body, params string[] fields) => context =>
    {
        foreach (var field in fields)
        {
            context.Response.Headers.Append(field[..field.IndexOf(':', StringComparison.Ordinal)], field[(field.IndexOf(':', StringComparison.Ordinal) + 2)..]);
        }

        return context.Response.WriteAsync(body);
    };

    private sealed class Elsewhere : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(Messages.Fresh("from elsewhere"));
    }
}
