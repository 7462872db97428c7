using System.Net;
using HttpCaching.Tests.Http;
using HttpCaching.Tests.Storage.Files;
using Microsoft.AspNetCore.Http;

namespace HttpCaching.Tests.Issues;

/// <summary>A cookie container below the cache takes cookies from what the origin sends: a redirect that sets one is asked for each time.</summary>
public sealed class RedirectsThatSetCookies
{
    [Theory]
    [Trait("Spec", "AUT-4")]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(308)]
    public async Task Get_StoredRedirectInANewProcess_TheCookieReachesTheContainer(int status)
    {
        using var directory = new TemporaryDirectory();
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            context.Response.Headers.CacheControl = "max-age=600";
            if (context.Request.Path == "/login")
            {
                context.Response.StatusCode = status;
                context.Response.Headers.Location = "/in";
                context.Response.Headers.SetCookie = "session=1; Path=/";
                return Task.CompletedTask;
            }

            // Without the cookie it leads back, and a stored redirect would lead here again.
            if (context.Request.Headers.Cookie != "session=1")
            {
                context.Response.Headers.CacheControl = "no-store";
                context.Response.StatusCode = 302;
                context.Response.Headers.Location = "/login";
                return Task.CompletedTask;
            }

            context.Response.Headers.Vary = "Cookie";
            return context.Response.WriteAsync("in");
        });

        for (var process = 0; process < 2; process++)
        {
            using var store = new FileHttpCacheStore(directory.Path);
            using var client = new HttpClient(new CachingHandler(store));
            using var response = await client.GetAsync(new Uri(server.Address, "/login"));

            response.StatusCode.Should().Be(HttpStatusCode.OK);
            (await response.Content.ReadAsStringAsync()).Should().Be("in");
        }
    }

    /// <summary>A 304 that brings the cookie: the stored redirect goes.</summary>
    [Fact]
    [Trait("Spec", "AUT-4")]
    public async Task Get_RedirectThatIsGivenACookieByA304_IsNotReplayed()
    {
        var asked = 0;
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            context.Response.Headers.ETag = "\"1\"";
            context.Response.Headers.CacheControl = Interlocked.Increment(ref asked) == 1 ? "max-age=0" : "max-age=600";
            if (asked > 1)
            {
                context.Response.Headers.SetCookie = "session=1";
            }

            context.Response.StatusCode = context.Request.Headers.IfNoneMatch == "\"1\"" ? 304 : 301;
            context.Response.Headers.Location = "/in";
            return Task.CompletedTask;
        });
        using var client = new HttpClient(new CachingHandler(new HttpCacheOptions { MaximumRedirects = 0 }));

        for (var i = 0; i < 3; i++)
        {
            using var response = await client.GetAsync(server.Address);
            response.StatusCode.Should().Be(HttpStatusCode.MovedPermanently);
        }

        asked.Should().Be(3);
    }
}
