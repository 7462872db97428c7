using HttpCaching.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace HttpCaching.AspNetCore.Tests.Endpoints;

/// <summary>Failures of endpoints, clients and stores: nothing that is not whole is stored, and no request fails because of the cache.</summary>
public sealed class EndpointFailureTests
{
    private const string Get = "GET /a HTTP/1.1";

    [Fact]
    public async Task AFailure_ReachesTheHandlerBefore_AndIsNotStored()
    {
        var failures = new List<Exception>();
        await using var site = await Site.StartAsync(
            isCached: true,
            context =>
            {
                context.Response.Headers.CacheControl = "max-age=60";
                throw new FormatException("no");
            },
            new SiteOptions
            {
                Before = app => app.Use(async (context, next) =>
                {
                    try
                    {
                        await next();
                    }
                    catch (FormatException exception)
                    {
                        failures.Add(exception);
                        context.Response.Clear();
                        context.Response.StatusCode = 500;
                        await context.Response.WriteAsync("sorry");
                    }
                }),
            });

        for (var i = 0; i < 2; i++)
        {
            (await site.AskAsync(Get)).Should().StartWith("HTTP/1.1 500 Internal Server Error\r\n").And.Contain("sorry").And.NotContain("Cache-Control");
        }

        site.Asked.Should().Be(2);
        failures.Should().HaveCount(2).And.OnlyContain(failure => failure.StackTrace!.Contains(nameof(AFailure_ReachesTheHandlerBefore_AndIsNotStored)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AStaleResponse_CoversAFailure_IfTheResponseAllowsIt(bool throws)
    {
        var fails = false;
        await using var site = await Site.StartAsync(isCached: true, context =>
        {
            if (!fails)
            {
                return EndpointCacheTests.Answer("hello", "Cache-Control: max-age=60, stale-if-error=600")(context);
            }

            context.Response.StatusCode = 503;
            context.Response.Headers["X-Failed"] = "1";
            context.Response.OnStarting(() => throw new InvalidOperationException("not for this one"));
            return throws ? throw new InvalidOperationException("broken") : Task.CompletedTask;
        });
        await site.AskAsync(Get);
        fails = true;
        site.Time.Advance(TimeSpan.FromSeconds(61));

        var stale = await site.AskAsync(Get);

        stale.Should().StartWith("HTTP/1.1 200 OK\r\n").And.Contain("Age: 61\r\n").And.EndWith("\r\n5\r\nhello\r\n0\r\n\r\n").And.NotContain("X-Failed");
        site.Failures.Should().HaveCount(throws ? 1 : 0);
        site.Time.Advance(TimeSpan.FromSeconds(601));
        (await site.AskAsync(Get)).Should().StartWith("HTTP/1.1 5").And.NotContain("hello");
    }

    [Theory]
    [InlineData("fails")]
    [InlineData("aborts")]
    [InlineData("is too short")]
    public async Task ABodyThatIsNotWhole_IsNotServed(string how)
    {
        var turn = 0;
        await using var site = await Site.StartAsync(isCached: true, async context =>
        {
            context.Response.Headers.CacheControl = "max-age=60";
            if (++turn > 1)
            {
                await context.Response.WriteAsync("whole");
                return;
            }

            context.Response.ContentLength = how == "is too short" ? 5 : null;
            await context.Response.WriteAsync("hal");
            if (how == "fails")
            {
                throw new InvalidOperationException(how);
            }

            if (how == "aborts")
            {
                context.Abort();
            }
        });

        await site.AskAsync(Get);

        (await site.AskAsync(Get)).Should().Contain("\r\n5\r\nwhole\r\n");
        site.Asked.Should().Be(2);
    }

    [Fact]
    public async Task AClientThatGoes_LeavesNoHalfBody_ThoughTheEndpointReturnsQuietly()
    {
        var gone = new TaskCompletionSource();
        await using var site = await Site.StartAsync(isCached: true, async context =>
        {
            context.Response.Headers.CacheControl = "max-age=60";
            await context.Response.WriteAsync("half");
            if (context.Request.Query.ContainsKey("wait"))
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                context.Response.OnCompleted(() =>
                {
                    gone.SetResult();
                    return Task.CompletedTask;
                });
            }
        });

        using (var client = await site.ConnectAsync("GET /?wait HTTP/1.1"))
        {
            await client.GetStream().ReadExactlyAsync(new byte[20]);
            client.LingerState = new System.Net.Sockets.LingerOption(true, 0);
        }

        await gone.Task.WaitAsync(TimeSpan.FromSeconds(30));
        (await site.Cache.FindAsync(new Uri("http://site/?wait"))).Should().BeEmpty();
    }

    [Fact]
    public async Task AStoreThatThrows_FailsNoRequest()
    {
        await using var site = await Site.StartAsync(isCached: true, EndpointCacheTests.Answer("hello", "Cache-Control: max-age=60"), new SiteOptions { Store = new ThrowingStore() });

        for (var i = 0; i < 3; i++)
        {
            (await site.AskAsync(Get)).Should().StartWith("HTTP/1.1 200 OK\r\n").And.EndWith("\r\n5\r\nhello\r\n0\r\n\r\n");
            (await site.AskAsync("POST /a HTTP/1.1\r\nContent-Length: 0")).Should().StartWith("HTTP/1.1 200 OK\r\n");
        }

        site.Asked.Should().Be(6);
    }

    [Fact]
    public async Task A304ThatFitsNothing_HasTheEndpointAskedAgain()
    {
        var seen = new List<string>();
        await using var site = await Site.StartAsync(isCached: true, context =>
        {
            var condition = context.Request.Headers.IfNoneMatch.ToString();
            seen.Add(condition + context.Response.Headers["X-Old"]);
            if (condition.Length > 0)
            {
                context.Response.StatusCode = 304;
                context.Response.Headers.ETag = "\"other\"";
                context.Response.Headers["X-Old"] = "1";
                return Task.CompletedTask;
            }

            return EndpointCacheTests.Answer("hello", "Cache-Control: max-age=60", "ETag: \"a\"")(context);
        });
        await site.AskAsync(Get);
        site.Time.Advance(TimeSpan.FromSeconds(61));

        (await site.AskAsync(Get)).Should().StartWith("HTTP/1.1 200 OK\r\n").And.EndWith("\r\n5\r\nhello\r\n0\r\n\r\n").And.NotContain("X-Old");

        seen.Should().Equal("", "\"a\"", "");
    }

    private sealed class ThrowingStore : IHttpCacheStore
    {
        public ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken) => throw new IOException("broken");

        public ValueTask<HttpCacheWriter?> BeginWriteAsync(CacheKey key, long? expectedLength, CancellationToken cancellationToken) => throw new IOException("broken");

        public ValueTask<bool> ReplaceHeadAsync(CacheKey key, long generation, StoredResponse head, long stamp, TimeSpan retention, CancellationToken cancellationToken) => throw new IOException("broken");

        public ValueTask RemoveAsync(CacheKey key, long generation, CancellationToken cancellationToken) => throw new IOException("broken");

        public ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken) => throw new IOException("broken");
    }
}
