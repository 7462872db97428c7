using System.Net;
using HttpCaching.Control;
using HttpCaching.Http;
using HttpCaching.StoreContract;
using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Outcomes;

/// <summary>A row for each reason why a response is not stored.</summary>
internal static class NotStoredOutcomes
{
    public static Outcome[] All { get; } =
    [
        new("redirected below", "forwarded: nothing stored; not stored: a redirect was followed below the cache", scene =>
        {
            scene.Origin.Then(_ =>
            {
                var response = ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"));
                response.RequestMessage = new HttpRequestMessage(HttpMethod.Get, "http://other/");
                return response;
            });
            return scene.AskAsync();
        }),
        With("a 304 to the caller's own condition", "the status is not one to store", 304, "ETag: \"a\"", request: ("If-None-Match", "\"a\"")),
        new("only looked", "forwarded: nothing stored; not stored: the request's mode stores nothing", scene =>
            AnsweredOutcomes.Answer(scene).AskAsync(CacheFixture.Request("GET", "http://h/").WithCache(HttpCacheMode.ReadOnly))),
        With("left out by the filter", "the status filter leaves it out", 200, "Cache-Control: max-age=60") with { Options = o => o.Store.StatusFilter = _ => false },
        With("a heuristic throws", "a rule of the application threw", 200, "") with { Options = o => o.Heuristic = new Throwing() },
        With("no-store", "the response says no-store", 200, "Cache-Control: no-store"),
        With("an unknown status", "the response says must-understand, and its status is unknown", 599, "Cache-Control: must-understand, max-age=60"),
        Shared("private", "the response says private, and the cache is shared", "Cache-Control: private, max-age=60"),
        Shared("credentials", "the request carries credentials, and nothing opens the response to a shared cache", "Cache-Control: max-age=60", ("Authorization", "Bearer 1")),
        Shared("a cookie", "Set-Cookie in a shared cache", "Cache-Control: max-age=60 | Set-Cookie: a=1"),
        With("a cookie and a rule", "Set-Cookie, which a rule does not store", 200, "Cache-Control: max-age=60 | Set-Cookie: a=1") with { Options = o => o.For("http://h/*", rule => rule.SetCookie(HttpCacheSetCookie.DoNotStore)) },
        With("a redirect with a cookie", "Set-Cookie in a redirect", 301, "Location: /b | Cache-Control: max-age=60 | Set-Cookie: a=1"),
        With("Vary: *", "Vary: * without an entity tag", 200, "Cache-Control: max-age=60 | Vary: *"),
        With("a status that needs a permission", "nothing in the response permits storing its status", 302, "Location: /b"),
        With("no fields", "no lifetime and no validator", 200, ""),
        With("a stream of events", "the body has no end", 200, "Cache-Control: max-age=60 | Content-Type: text/event-stream"),
        With("long fields", "the fields or the URI are too long", 200, "Cache-Control: max-age=60 | X: " + new string('x', 100)) with { Options = o => o.Limits.MaximumFieldLength = 64 },
        With("a part that nobody asked for", "the part can't be stored", 206, "Cache-Control: max-age=60 | Content-Range: bytes 0-0/2"),
        new("a POST without Content-Location", "forwarded: the method is never answered from the cache; not stored: a response to POST needs a lifetime and Content-Location equal to its URI", scene =>
            AnsweredOutcomes.Answer(scene).AskAsync(CacheFixture.Request("POST", "http://h/"))) { Options = o => o.Store.Post = true },
        With("a field that ends its line", "a field can't be written back as received", 200, "Cache-Control: max-age=60 | X: a\0b"),
        new("a length next to chunked", "forwarded: nothing stored; not stored: Content-Length next to Transfer-Encoding", scene =>
        {
            scene.Origin.Then(_ =>
            {
                var response = ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"));
                response.Headers.TransferEncodingChunked = true;
                response.Content.Headers.ContentLength = 1;
                return response;
            });
            return scene.AskAsync();
        }),
        With("too large for the store", "larger than the store takes (100 bytes)", 200, "Cache-Control: max-age=60 | Content-Length: 200", new string('x', 200)) with { Store = Small },
        new("too large, and nobody said so before", "forwarded: nothing stored; not stored: larger than the store takes (100 bytes)", scene =>
        {
            scene.Origin.Then(_ => new HttpResponseMessage
            {
                Content = new StreamContent(new Unknown(new byte[200])), Headers = { { "Cache-Control", "max-age=60" } },
            });
            return scene.AskAsync();
        }) { Store = Small },
        With("not read", "the body was not read to its end", 200, "Cache-Control: max-age=60") with { Body = BodyUse.Dispose },
        With("broken off", "the body broke off", 200, "Cache-Control: max-age=60 | Content-Length: 5", "x", isUncounted: true),
        With("a wrong digest", "the body does not have the stated digest", 200, "Cache-Control: max-age=60 | Repr-Digest: sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:") with { Options = o => o.Extensions.VerifyDigests = true },
        new("undecodable", "forwarded: nothing stored; not stored: the body can't be decoded", scene =>
        {
            scene.Above = cache => new DecompressionHandler(DecompressionMethods.GZip, scene.Cache.CodingReports) { InnerHandler = cache };
            scene.Origin.Then(200, "no gzip", ("Cache-Control", "max-age=60"), ("Content-Encoding", "gzip"));
            return scene.AskAsync("http://h/", ("Accept-Encoding", "gzip"));
        }) { Body = BodyUse.ReadToFailure },
        With("a store that can't be written", "the store is not available", 200, "Cache-Control: max-age=60") with
        {
            Store = () => new FaultyStore(new MemoryHttpCacheStore()).Inject(StoreCall.Commit, StoreFault.Throw),
        },
        new("invalidated in the meantime", "forwarded: nothing stored; not stored: another writer or an invalidation was first", async scene =>
        {
            AnsweredOutcomes.Answer(scene);
            var response = await scene.AskAsync();
            await scene.Store.InvalidateAsync("http://h/", default);
            return response;
        }),
    ];

    private static MemoryHttpCacheStore Small() => new(new MemoryHttpCacheStoreOptions { MaximumEntryBytes = 100 });

    private static Outcome Shared(string name, string words, string fields, (string Name, string Value)? request = null) =>
        With(name, words, 200, fields, request: request) with { Options = o => o.Kind = CacheKind.Shared };

    private static Outcome With(
        string name, string words, int status, string fields, string body = "x", (string Name, string Value)? request = null, bool isUncounted = false) =>
        new(name, "forwarded: nothing stored; not stored: " + words, scene =>
        {
            var lines = fields.Split(" | ", StringSplitOptions.RemoveEmptyEntries).Select(line => (line[..line.IndexOf(':')], line[(line.IndexOf(':') + 2)..])).ToArray();
            scene.Origin.Then(_ =>
            {
                var response = ScriptedOrigin.Response(status, status == 304 ? null : body, lines);
                if (isUncounted)
                {
                    var short_ = new StreamContent(new Unknown(System.Text.Encoding.UTF8.GetBytes(body)));
                    short_.Headers.TryAddWithoutValidation("Content-Length", response.Content.Headers.NonValidated["Content-Length"].ToString());
                    response.Content = short_;
                }

                return response;
            });
            return request is { } field ? scene.AskAsync("http://h/", field) : scene.AskAsync();
        });

    private sealed class Throwing : IFreshnessHeuristic
    {
        public TimeSpan? LifetimeOf(FreshnessFacts facts) => throw new InvalidOperationException();
    }

    /// <summary>A stream that does not tell its length.</summary>
    private sealed class Unknown(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
