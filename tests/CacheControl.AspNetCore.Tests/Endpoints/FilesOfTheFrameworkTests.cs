using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace HttpCaching.AspNetCore.Tests.Endpoints;

/// <summary>The framework's own results know conditions and ranges: with the cache before them both speak the same language.</summary>
public sealed class FilesOfTheFrameworkTests
{
    private const string Get = "GET /file HTTP/1.1";

    private static readonly byte[] Bytes = "hello world"u8.ToArray();

    [Fact]
    public async Task AFile_IsValidatedByTheFrameworks304()
    {
        var statuses = new List<int>();
        await using var site = await StartAsync(statuses);

        var first = await site.AskAsync(Get);
        var hit = await site.AskAsync(Get);
        site.Time.Advance(TimeSpan.FromSeconds(61));
        var validated = await site.AskAsync(Get);
        site.Time.Advance(TimeSpan.FromSeconds(5));
        var again = await site.AskAsync(Get);

        statuses.Should().Equal(200, 304);
        foreach (var answer in new[] { first, hit, validated, again })
        {
            answer.Should().StartWith("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n").And.Contain("ETag: \"a\"\r\n").And.Contain("Content-Type: text/plain\r\n").And.EndWith("\r\n\r\nhello world");
        }

        again.Should().Contain("Age: 5\r\n");
    }

    [Fact]
    public async Task APart_ThatIsAskedForFirst_IsTheFrameworks_AndLaterTheCaches()
    {
        var statuses = new List<int>();
        await using var site = await StartAsync(statuses);

        (await site.AskAsync(Get + "\r\nRange: bytes=6-")).Should().StartWith("HTTP/1.1 206 Partial Content\r\n").And.Contain("Content-Range: bytes 6-10/11\r\n").And.EndWith("\r\n\r\nworld");
        (await site.AskAsync(Get)).Should().StartWith("HTTP/1.1 200 OK\r\n").And.EndWith("\r\n\r\nhello world");
        (await site.AskAsync(Get + "\r\nRange: bytes=0-4")).Should().StartWith("HTTP/1.1 206 Partial Content\r\n").And.EndWith("\r\n\r\nhello");
        (await site.AskAsync(Get + "\r\nRange: bytes=50-")).Should().StartWith("HTTP/1.1 416 ").And.Contain("Content-Range: bytes */11\r\n");
        (await site.AskAsync(Get + "\r\nIf-None-Match: \"a\"")).Should().StartWith("HTTP/1.1 304 Not Modified\r\n");

        statuses.Should().HaveCountLessThanOrEqualTo(2);
    }

    [Fact]
    public async Task AClientsOwnCondition_GetsTheFrameworks304_WhereNothingIsStored()
    {
        var statuses = new List<int>();
        await using var site = await StartAsync(statuses);
        await using var plain = await StartAsync([], isCached: false);

        (await site.AskAsync(Get + "\r\nIf-None-Match: \"a\"")).Should().StartWith("HTTP/1.1 304 Not Modified\r\n").And.Be(await plain.AskAsync(Get + "\r\nIf-None-Match: \"a\""));
        (await site.AskAsync(Get)).Should().StartWith("HTTP/1.1 200 OK\r\n").And.EndWith("hello world");

        statuses.Should().Equal(304, 200);
    }

    private static Task<Site> StartAsync(List<int> statuses, bool isCached = true) => Site.StartAsync(isCached, _ => Task.CompletedTask, new SiteOptions
    {
        After = app =>
        {
            app.Use(async (context, next) =>
            {
                await next();
                statuses.Add(context.Response.StatusCode);
            });
            app.UseRouting();

            // The site ends its pipeline itself: routes at the top level would come after that.
#pragma warning disable ASP0014
            app.UseEndpoints(endpoints => endpoints.MapGet("/file", (HttpResponse response) =>
            {
                response.Headers.CacheControl = "max-age=60";
                return Results.Bytes(Bytes, "text/plain", enableRangeProcessing: true, entityTag: new EntityTagHeaderValue("\"a\""));
            }));
#pragma warning restore ASP0014
        },
    });
}
