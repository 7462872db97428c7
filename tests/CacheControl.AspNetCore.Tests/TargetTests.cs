using Microsoft.AspNetCore.Builder;

namespace HttpCaching.AspNetCore.Tests;

/// <summary>The hits have the keys of the forwarder: no spelling of a target gets the response of another one.</summary>
public sealed class TargetTests
{
    private static readonly string[] Targets =
    [
        "/", "//", "///x", "/a", "/A", "/a/", "/a//", "/a?", "/a?b", "/a?b=1&c=2", "/a?c=2&b=1", "/a?b=1&c=2&", "/a%2Fb", "/a%2fb", "/a/b", "/a%41", "/aA", "/%7Ea", "/~a", "/a%20b", "/a+b",
        "/../a", "/./a", "/x/../a", "/%2e%2e/a", "/a/.", "/a/..", "/.a", "/a;b=1", "/a:b", "/a'b", "/a(b)", "/a!b", "/a*b", "/a$b", "/a,b", "/a=b", "/a@b", "/a?@", "/a?%", "/a?/../b", "/a?/.b", "/a&b",
        "/a|b", "/a^b", "/a`b", "/a{b}", "/a\"b", "/a<b>", "/a[b]", "/a\\b", "/a?[", "/a?\"", "/a%C3%BC", "/a%c3%bc", "/a%FC", "/a%00", "/a%zz", "/http://x/", "/app/a", "/a?http://x/y",
    ];

    [Fact]
    public async Task EveryTarget_GetsItsOwnResponse_TheFirstTimeAndLater()
    {
        await using var direct = await Gateway.StartAsync(answersHits: true, Echo);
        await using var through = await Gateway.StartAsync(answersHits: false, Echo);

        foreach (var target in Targets.Concat(Targets).Concat(Targets))
        {
            WithoutDate(await direct.AskAsync($"GET {target} HTTP/1.1")).Should().Be(WithoutDate(await through.AskAsync($"GET {target} HTTP/1.1")), target);
        }

        direct.Forwarded.Should().BeLessThan(through.Forwarded);
    }

    [Theory]
    [InlineData("/plain")]
    [InlineData("/a/b.c?d=e&f=%")]
    [InlineData("//x")]
    public async Task AMiss_StoredThroughTheForwarder_IsFoundUnderEveryHost(string target)
    {
        await using var gateway = await Gateway.StartAsync(answersHits: true, Echo);
        var first = await gateway.AskAsync($"GET {target} HTTP/1.1", "edge");

        foreach (var host in new[] { "edge", "EDGE", "edge:80", "origin.example:8080", "127.0.0.1" })
        {
            var again = await gateway.AskAsync($"GET {target} HTTP/1.1", host);
            again.Should().Contain(";hit;").And.EndWith(first[first.IndexOf("\r\n\r\n", StringComparison.Ordinal)..]);
        }

        gateway.Forwarded.Should().Be(target.Contains('%', StringComparison.Ordinal) ? 6 : 1);
    }

    [Fact]
    public async Task ARewrittenPath_GoesToTheForwarder()
    {
        await using var gateway = await Gateway.StartAsync(answersHits: true, Echo, new GatewayOptions
        {
            Before = app => app.Use((context, next) =>
            {
                context.Request.Path = context.Request.Path == "/new" ? "/old" : context.Request.Path;
                return next(context);
            }),
        });

        await gateway.AskAsync("GET /new HTTP/1.1");
        await gateway.AskAsync("GET /new HTTP/1.1");

        gateway.Forwarded.Should().Be(2);
    }

    [Fact]
    public void TheOrigin_HasNoQueryAndNoUser()
    {
        using var cache = new HttpCache();

        foreach (var origin in new[] { "http://h/?a", "http://u@h/", "http://h/#a", "ftp://h/" })
        {
            new Action(() => _ = new HttpCacheFront(cache, new Uri(origin))).Should().Throw<ArgumentException>().WithParameterName("origin");
        }
    }

    private static HttpResponseMessage Echo(HttpRequestMessage request) => Messages.Fresh(request.RequestUri!.OriginalString);

    // A server that refuses a target answers with a date of its own.
    private static string WithoutDate(string answer) =>
        string.Join("\r\n", answer.Split("\r\n").Where(line => !line.StartsWith("Date:", StringComparison.OrdinalIgnoreCase)));
}
