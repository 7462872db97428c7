using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HttpCaching.AspNetCore.Tests.Endpoints;

/// <summary>The same dialogues with this cache and with the framework's response caching. RFC 9111 decides which of them is right where they differ.</summary>
public sealed class NextToTheFrameworkTests
{
    private const string Get = "GET /a HTTP/1.1";

    [Theory]
    [InlineData("Cache-Control: public, max-age=60", "", 1, 1)]
    [InlineData("Cache-Control: public, s-maxage=60, max-age=0", "", 1, 1)]
    [InlineData("Cache-Control: private, max-age=60", "", 2, 2)]
    [InlineData("Cache-Control: no-store", "", 2, 2)]
    [InlineData("Cache-Control: no-cache", "", 2, 2)]
    [InlineData("X-One: 1", "", 2, 2)]
    [InlineData("Cache-Control: public, max-age=60", "\r\nCache-Control: no-cache", 2, 2)]
    [InlineData("Cache-Control: public, max-age=60", "\r\nCache-Control: max-age=0", 2, 2)]
    [InlineData("Cache-Control: public, max-age=60", "\r\nCache-Control: no-store", 2, 2)]
    [InlineData("Cache-Control: public, max-age=60\nVary: *", "", 2, 2)]
    [InlineData("Cache-Control: public, max-age=60\nVary: X-One", "\r\nX-One: 1", 1, 1)]

    // §3.5: public allows to store the response to a request with Authorization.
    [InlineData("Cache-Control: public, max-age=60", "\r\nAuthorization: Basic YTpi", 1, 2)]

    // §3: max-age alone allows a shared cache to store.
    [InlineData("Cache-Control: max-age=60", "", 1, 2)]
    public async Task TheSecondRequest_IsAnsweredAsTheRulesSay(string fields, string request, int asked, int askedByTheFramework)
    {
        var endpoint = EndpointCacheTests.Answer("hello", fields.Split('\n'));
        await using var own = await Site.StartAsync(isCached: true, endpoint);
        await using var theirs = await Site.StartAsync(isCached: false, endpoint, new SiteOptions
        {
            Services = services => services.AddResponseCaching(),
            After = app => app.UseResponseCaching(),
        });

        foreach (var site in new[] { own, theirs })
        {
            for (var i = 0; i < 2; i++)
            {
                (await site.AskAsync(Get + request)).Should().StartWith("HTTP/1.1 200 OK\r\n").And.Contain("hello");
            }
        }

        (own.Asked, theirs.Asked).Should().Be((asked, askedByTheFramework));
    }

    [Theory]
    [InlineData("GET /b HTTP/1.1\r\nCache-Control: only-if-cached", "HTTP/1.1 504 Gateway Timeout\r\n")]
    [InlineData("GET /a HTTP/1.1\r\nIf-None-Match: \"a\"", "HTTP/1.1 304 Not Modified\r\n")]
    public async Task BothAnswer_WithoutTheEndpoint(string request, string begin)
    {
        var endpoint = EndpointCacheTests.Answer("hello", "Cache-Control: public, max-age=60", "ETag: \"a\"");
        await using var own = await Site.StartAsync(isCached: true, endpoint);
        await using var theirs = await Site.StartAsync(isCached: false, endpoint, new SiteOptions
        {
            Services = services => services.AddResponseCaching(),
            After = app => app.UseResponseCaching(),
        });

        foreach (var site in new[] { own, theirs })
        {
            await site.AskAsync(Get);
            (await site.AskAsync(request)).Should().StartWith(begin);
            site.Asked.Should().Be(1);
        }
    }

    [Fact]
    public async Task TheOutputCacheBelow_IsLeftAlone()
    {
        await using var site = await Site.StartAsync(isCached: true, EndpointCacheTests.Answer("hello", "Cache-Control: max-age=60"), new SiteOptions
        {
            Services = services => services.AddOutputCache(options => options.AddBasePolicy(policy => policy.Expire(TimeSpan.FromDays(1)))),
            After = app => app.UseOutputCache(),
        });

        await site.AskAsync(Get);
        site.Time.Advance(TimeSpan.FromSeconds(61));

        (await site.AskAsync(Get)).Should().Contain("hello");
        site.Asked.Should().Be(1, "the output cache answers what this one asks for");
    }
}
