using System.Buffers;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace HttpCaching.AspNetCore.Tests.Endpoints;

/// <summary>Middleware before and after the cache that has its own say: it runs the pipeline again, loses its patience, finds out who asks, or is the cache once more.</summary>
public sealed class MiddlewareAroundTests
{
    private const string Get = "GET /a HTTP/1.1";

    [Theory]
    [InlineData("/page", "/missing")]
    [InlineData("/missing", "/page")]
    [InlineData("/missing", "/failing")]
    public async Task AnErrorPage_ForWhichThePipelineRunsAgain_IsNoResponseOfItsPath(string first, string second)
    {
        RequestDelegate endpoint = context =>
        {
            // As UseStaticFiles does: the status of an error stays.
            context.Response.StatusCode = context.Request.Path.Value switch
            {
                "/missing" => 404,
                "/failing" => 503,
                _ => context.Response.StatusCode,
            };
            context.Response.Headers.CacheControl = "max-age=60";
            return context.Request.Path == "/page" ? context.Response.WriteAsync("page") : Task.CompletedTask;
        };
        var options = new SiteOptions { Before = app => app.UseStatusCodePagesWithReExecute("/page") };
        await using var cached = await Site.StartAsync(isCached: true, endpoint, options);
        await using var plain = await Site.StartAsync(isCached: false, endpoint, options);

        foreach (var path in new[] { first, second })
        {
            (await cached.AskAsync($"GET {path} HTTP/1.1")).Should().Be(await plain.AskAsync($"GET {path} HTTP/1.1"), path);
        }
    }

    [Theory]
    [InlineData("before", false)]
    [InlineData("after", false)]
    [InlineData("before", true)]
    [InlineData("after", true)]
    public async Task AUser_WhomMiddlewareFindsOut_HasItsResponsesAlone(string where, bool isAdded)
    {
        void Authenticate(WebApplication app) => app.Use((context, next) =>
        {
            if (context.Request.Headers["X-Name"] is [{ } name])
            {
                var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], "key");
                if (isAdded)
                {
                    // The first identity of the principal is that of an unknown user, and stays.
                    context.User.AddIdentity(identity);
                }
                else
                {
                    context.User = new ClaimsPrincipal(identity);
                }
            }

            return next();
        });
        await using var site = await Site.StartAsync(
            isCached: true,
            context =>
            {
                context.Response.Headers.CacheControl = context.Request.Path == "/open" ? "public, max-age=60" : "max-age=60";
                return context.Response.WriteAsync($"for {context.User.FindFirst(ClaimTypes.Name)?.Value ?? "all"}");
            },
            new SiteOptions { Before = where == "before" ? Authenticate : null, After = where == "after" ? Authenticate : null });

        (await site.AskAsync(Get + "\r\nX-Name: one")).Should().Contain("for one");
        (await site.AskAsync(Get + "\r\nX-Name: two")).Should().Contain("for two");
        (await site.AskAsync(Get)).Should().Contain("for all");
        (await site.AskAsync("GET /open HTTP/1.1\r\nX-Name: one")).Should().Contain("for one");
        (await site.AskAsync("GET /open HTTP/1.1\r\nX-Name: two")).Should().Contain("for one", "the response says that it is public");
    }

    [Fact]
    public async Task TheSameCache_OnceMoreBelow_DoesNotWaitForItself()
    {
        HttpCache? cache = null;
        await using var site = await Site.StartAsync(
            isCached: true,
            EndpointCacheTests.Answer("hello", "Cache-Control: max-age=60"),
            new SiteOptions { After = app => app.Use(next => context => ((IApplicationBuilder)app).New().UseHttpCache(cache!).Use(_ => next).Build()(context)) });
        cache = site.Cache;

        for (var i = 0; i < 2; i++)
        {
            (await site.AskAsync(Get)).Should().EndWith("\r\n5\r\nhello\r\n0\r\n\r\n");
        }

        site.Asked.Should().Be(1);
    }

    [Theory]
    [InlineData("nothing stored", "pipe")]
    [InlineData("stale", "pipe")]
    [InlineData("stale", "304")]
    [InlineData("stale", "stream")]
    public async Task AnEndpoint_ThatEnds_ThoughMiddlewareBeforeHasLostItsPatience_IsHeard(string stored, string how)
    {
        await using var site = await Site.StartAsync(
            isCached: true,
            async context =>
            {
                context.Response.Headers.CacheControl = "max-age=60";
                context.Response.Headers.ETag = "\"a\"";
                var patience = context.Items["patience"] as CancellationTokenSource;
                patience?.Cancel();
                if (patience is null || how == "stream")
                {
                    await context.Response.WriteAsync("hello");
                }
                else if (how == "304")
                {
                    context.Response.StatusCode = 304;
                }
                else
                {
                    context.Response.BodyWriter.Write("hello"u8);
                }
            },
            new SiteOptions { Before = app => WaitForAWhile(app) });
        if (stored == "stale")
        {
            await site.AskAsync(Get);
            site.Time.Advance(TimeSpan.FromSeconds(61));
        }

        (await site.AskAsync(Get + "\r\nX-Late: 1")).Should().StartWith("HTTP/1.1 200 OK\r\n").And.Contain("\r\nhello");
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\nIf-None-Match: \"b\"")]
    public async Task AHit_IsWhole_ThoughMiddlewareBeforeHasLostItsPatience(string field)
    {
        await using var site = await Site.StartAsync(
            isCached: true,
            EndpointCacheTests.Answer(new string('x', 300_000) + "end", "Cache-Control: max-age=60", "ETag: \"a\""),
            new SiteOptions
            {
                Before = app => WaitForAWhile(app).Use((context, next) =>
                {
                    (context.Items["patience"] as CancellationTokenSource)?.Cancel();
                    return next();
                }),
            });
        await site.AskAsync(Get);

        var hit = await site.AskAsync(Get + "\r\nX-Late: 1" + field);

        hit.Should().StartWith("HTTP/1.1 200 OK\r\n").And.EndWith("end\r\n0\r\n\r\n");
        hit.Length.Should().BeGreaterThan(300_000);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\nIf-None-Match: \"a\"")]
    [InlineData("\r\nIf-None-Match: \"b\"")]
    public async Task A304_WithCallbacksOfMiddlewareBelow_FreshensTheStoredResponse(string field)
    {
        RequestDelegate endpoint = context =>
        {
            context.Response.Headers.CacheControl = "max-age=60";
            context.Response.Headers.ETag = "\"a\"";
            if (context.Request.Headers.IfNoneMatch.ToString().Contains("\"a\"", StringComparison.Ordinal))
            {
                context.Response.StatusCode = 304;
                return Task.CompletedTask;
            }

            return context.Response.WriteAsync("hello");
        };

        // As UseSession does.
        var options = new SiteOptions
        {
            After = app => app.Use((context, next) =>
            {
                context.Response.OnStarting(() => Task.CompletedTask);
                return next();
            }),
        };
        await using var cached = await Site.StartAsync(isCached: true, endpoint, options);
        await using var plain = await Site.StartAsync(isCached: false, endpoint, options);
        await cached.AskAsync(Get);
        cached.Time.Advance(TimeSpan.FromSeconds(60));

        var validated = await cached.AskAsync(Get + field);

        validated.Replace("Age: 0\r\n", "", StringComparison.Ordinal).Should().Be(await plain.AskAsync(Get + field));
        (await cached.AskAsync(Get)).Should().Contain("hello");
        cached.Asked.Should().Be(2, "the stored response is fresh again");
    }

    [Fact]
    public async Task ABody_ThatItsEndpointFrames_IsNotStored()
    {
        RequestDelegate endpoint = context =>
        {
            context.Response.Headers.CacheControl = "max-age=60";
            context.Response.Headers.TransferEncoding = "chunked";
            return context.Response.WriteAsync("5\r\nhello\r\n0\r\n\r\n");
        };
        await using var cached = await Site.StartAsync(isCached: true, endpoint);
        await using var plain = await Site.StartAsync(isCached: false, endpoint);

        for (var i = 0; i < 2; i++)
        {
            (await cached.AskAsync(Get)).Should().Be(await plain.AskAsync(Get));
        }
    }

    /// <summary>As UseRequestTimeouts does, if the request says so.</summary>
    private static IApplicationBuilder WaitForAWhile(WebApplication app) => app.Use(async (context, next) =>
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        if (context.Request.Headers.ContainsKey("X-Late"))
        {
            (context.Items["patience"], context.RequestAborted) = (patience, patience.Token);
        }

        await next();
    });
}
