using System.Net;

namespace HttpCaching.AspNetCore.Tests;

/// <summary>A hit before the forwarder is the answer that the forwarder and the handler give: the same bytes, metrics, log lines and events.</summary>
public sealed class SameAnswersTests
{
    private const string Get = "GET /a HTTP/1.1";

    public static TheoryData<string> Responses => new(All.Keys);

    private static Dictionary<string, Func<HttpResponseMessage>> All { get; } = new()
    {
        ["plain"] = () => Messages.Fresh("hi", "Content-Type: text/plain", "ETag: \"a\"", "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT"),
        ["without a length"] = () => Unlengthened(Messages.Fresh()),
        ["empty"] = () => Messages.Fresh(""),
        ["no content"] = () => Coded(Messages.Fresh(""), HttpStatusCode.NoContent, null),
        ["another phrase"] = () => Coded(Messages.Fresh(), HttpStatusCode.OK, "Very Fine"),
        ["an unknown code"] = () => Coded(Messages.Fresh(), (HttpStatusCode)299, "What Ever"),
        ["not found"] = () => Coded(Messages.Fresh(), HttpStatusCode.NotFound, "Not Found"),
        ["redirect"] = () => Coded(Messages.Fresh("", "Location: /b"), HttpStatusCode.MovedPermanently, "Moved Permanently"),
        ["fields of any name"] = () => Messages.Fresh(
            "hi", "x-lower: a", "X-Two: a", "X-Other: b", "X-Two: c", "Content-Disposition: inline", "Content-Language: de", "Allow: GET", "Via: 1.1 up", "Link: </x>", "Server: it", "x-powered-by: me"),
        ["fields of the connection"] = () => Messages.Fresh(
            "hi", "Alt-Svc: h3=\":443\"", "Keep-Alive: timeout=5", "Proxy-Features: x", "Proxy-Instruction: x", "Security-Scheme: x", "ALPN: h2", "Close: x", "HTTP2-Settings: x", "Upgrade-Insecure-Requests: 1", "Strict-Transport-Security: max-age=5", "Trailer: X", "Proxy-Support: x"),
        ["another cache"] = () => Messages.Fresh("hi", "Cache-Status: up;hit", "Cache-Status: upper;fwd=miss", "Age: 3", "Link: </x>"),
        ["cookies"] = () => Messages.Fresh("hi", "Set-Cookie: a=1", "Set-Cookie: b=2"),
        ["more than ASCII"] = () => Messages.Fresh("hi", "X-Text: \u00fc\u00a3"),
        ["varied"] = () => Messages.Fresh("hi", "Vary: Accept-Language, X-Removed-Field, Host"),
        ["of 200 KB"] = () => Messages.With(new byte[200_000], "Cache-Control: s-maxage=60"),
        ["of 2 MB"] = () => Messages.With(new byte[2_000_000], "Cache-Control: s-maxage=60"),
        ["stale at once"] = () => Messages.With([1], "Cache-Control: max-age=0", "ETag: \"a\""),
        ["to validate"] = () => Messages.With([1], "Cache-Control: no-cache", "ETag: \"a\""),
        ["not to store"] = () => Messages.With([1], "Cache-Control: no-store"),
        ["private"] = () => Messages.With([1], "Cache-Control: private, max-age=60"),
    };

    [Theory]
    [MemberData(nameof(Responses))]
    public async Task EveryAnswer_IsTheSame(string name)
    {
        string[] requests = [Get, Get, Get + "\r\nX-Any: 1\r\nX-Removed-Field: 2", Get + "\r\nAccept-Language: de", Get + "\r\nAccept-Language: de", "GET /a HTTP/1.0", Get];
        await using var direct = await Gateway.StartAsync(answersHits: true, _ => All[name]());
        await using var through = await Gateway.StartAsync(answersHits: false, _ => All[name]());

        foreach (var request in requests)
        {
            var (one, other) = (await AnswerAsync(direct, request), await AnswerAsync(through, request));
            one.Should().Be(other);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Edge Cache")]
    public async Task EveryAnswer_IsTheSame_WhateverTheNameOfTheCache(string? name)
    {
        var options = new GatewayOptions { CacheStatusName = name };
        await using var direct = await Gateway.StartAsync(answersHits: true, _ => Messages.Fresh(), options);
        await using var through = await Gateway.StartAsync(answersHits: false, _ => Messages.Fresh(), options);

        for (var i = 0; i < 3; i++)
        {
            (await AnswerAsync(direct, Get)).Should().Be(await AnswerAsync(through, Get));
        }

        direct.Forwarded.Should().Be(1);
    }

    [Fact]
    public async Task APlainHit_IsAnsweredBeforeTheForwarder()
    {
        await using var gateway = await Gateway.StartAsync(answersHits: true, _ => Messages.Fresh());

        await gateway.AskAsync(Get);
        gateway.Time.Advance(TimeSpan.FromSeconds(7));
        var hit = await gateway.AskAsync(Get + "\r\nUser-Agent: curl\r\nAccept: */*\r\nCookie: a=1\r\nX-Forwarded-For: 1.2.3.4");

        hit.Should().Contain("Age: 7\r\n").And.Contain("Cache-Status: Edge;hit;ttl=53;detail=fresh\r\n").And.EndWith("\r\n\r\n2\r\nhi\r\n0\r\n\r\n");
        gateway.Forwarded.Should().Be(1);
        gateway.Time.Advance(TimeSpan.FromMinutes(1));
        await gateway.AskAsync(Get);
        gateway.Forwarded.Should().Be(2, "it is stale");
    }

    [Theory]
    [InlineData("GET /a HTTP/1.1\r\nCache-Control: no-cache")]
    [InlineData("GET /a HTTP/1.1\r\nCache-Control: x")]
    [InlineData("GET /a HTTP/1.1\r\nPragma: no-cache")]
    [InlineData("GET /a HTTP/1.1\r\nRange: bytes=0-0")]
    [InlineData("GET /a HTTP/1.1\r\nIf-None-Match: \"a\"")]
    [InlineData("GET /a HTTP/1.1\r\nIf-Match: \"b\"")]
    [InlineData("GET /a HTTP/1.1\r\nIf-Modified-Since: Thu, 01 Jan 2026 00:00:00 GMT")]
    [InlineData("GET /a HTTP/1.1\r\nIf-Unmodified-Since: Thu, 01 Jan 2024 00:00:00 GMT")]
    [InlineData("GET /a HTTP/1.1\r\nIf-Range: \"a\"")]
    [InlineData("GET /a HTTP/1.1\r\nAuthorization: Basic YTpi")]
    [InlineData("GET /a HTTP/1.1\r\nX-HTTP-Method-Override: DELETE")]
    [InlineData("GET /a HTTP/1.1\r\nX-Method-Override: DELETE")]
    [InlineData("GET /a HTTP/1.1\r\nX-HTTP-Method: DELETE")]
    [InlineData("GET /a HTTP/1.1\r\nContent-Type: text/plain")]
    [InlineData("GET /a HTTP/1.1\r\nContent-Length: 0")]
    [InlineData("GET /a HTTP/1.0\r\nConnection: X-Any\r\nX-Any: 1")]
    [InlineData("HEAD /a HTTP/1.1")]
    [InlineData("POST /a HTTP/1.1\r\nContent-Length: 0")]
    [InlineData("OPTIONS /a HTTP/1.1")]
    [InlineData("get /a HTTP/1.1")]
    [InlineData("GET http://edge/a HTTP/1.1")]
    public async Task WhatSteersTheCache_GoesToTheForwarder(string request)
    {
        await using var direct = await Gateway.StartAsync(answersHits: true, _ => Messages.Fresh("hi", "ETag: \"a\"", "Last-Modified: Wed, 31 Dec 2025 00:00:00 GMT"));
        await using var through = await Gateway.StartAsync(answersHits: false, _ => Messages.Fresh("hi", "ETag: \"a\"", "Last-Modified: Wed, 31 Dec 2025 00:00:00 GMT"));
        await AnswerAsync(direct, Get);
        await AnswerAsync(through, Get);

        (await AnswerAsync(direct, request)).Should().Be(await AnswerAsync(through, request));

        direct.Forwarded.Should().Be(2);
    }

    /// <summary>The answer, and all that the cache has noted since the last one. Observers are told later, by a queue.</summary>
    private static async Task<string> AnswerAsync(Gateway gateway, string request)
    {
        var answer = await gateway.AskAsync(request);
        var notes = new List<string>();
        while (gateway.Notes.TryDequeue(out var note))
        {
            notes.Add(note);
        }

        return answer + string.Join('\n', notes.Where(note => !note.StartsWith("told", StringComparison.Ordinal)));
    }

    private static HttpResponseMessage Unlengthened(HttpResponseMessage response)
    {
        response.Content = new StreamContent(new Unseekable(response.Content.ReadAsByteArrayAsync().Result));
        return response;
    }

    private static HttpResponseMessage Coded(HttpResponseMessage response, HttpStatusCode code, string? phrase)
    {
        (response.StatusCode, response.ReasonPhrase) = (code, phrase);
        return response;
    }

    private sealed class Unseekable(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
