using HttpCaching.StoreContract;
using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Outcomes;

/// <summary>A row for each rule that decides what a caller gets.</summary>
internal static class AnsweredOutcomes
{
    private const string Minute = "max-age=60";

    public static Outcome[] All { get; } =
    [
        new("fresh", "hit: fresh for 58 s more (max-age=60), age 2 s", scene => AfterAsync(scene, 2, Minute)),
        new("fresh in a shared cache", "hit: fresh for 58 s more (s-maxage=60), age 2 s", scene => AfterAsync(scene, 2, "max-age=5, s-maxage=60")) { Options = o => o.Kind = CacheKind.Shared },
        new("fresh by a heuristic", "hit: fresh for 8 s more (heuristic, 10 s), age 2 s", async scene =>
        {
            scene.Origin.Then(200, "x", ("Last-Modified", CacheFixture.Date(-100)), ("Date", CacheFixture.Date()));
            await scene.GetAsync();
            scene.Time.Advance(TimeSpan.FromSeconds(2));
            return await scene.AskAsync();
        }),
        new("fresh by Expires", "hit: fresh for 28 s more (Expires, 30 s), age 2 s", async scene =>
        {
            scene.Origin.Then(200, "x", ("Expires", CacheFixture.Date(30)), ("Date", CacheFixture.Date()));
            await scene.GetAsync();
            scene.Time.Advance(TimeSpan.FromSeconds(2));
            return await scene.AskAsync();
        }),
        new("fresh by a rule", "hit: fresh for 28 s more (by a rule, 30 s), age 2 s", scene => AfterAsync(scene, 2, Minute)) { Options = o => o.For("http://h/*", rule => rule.FreshFor(TimeSpan.FromSeconds(30))) },
        new("a rule bypasses", "forwarded: a rule takes the request past the cache", scene =>
        {
            scene.Origin.Then(200, "x", ("Cache-Control", Minute));
            return scene.AskAsync();
        }) { Options = o => o.For("http://h/*", rule => rule.Bypass()) },
        new("immutable", "hit: fresh for 58 s more (max-age=60), age 2 s; the stored response is fresh and immutable", scene => AfterAsync(scene, 2, "max-age=60, immutable", "https://h/", ("Cache-Control", "max-age=0"))),
        new("max-stale", "hit: stale for 5 s (max-age=60), age 65 s; the request takes a stale response (max-stale)", scene => AfterAsync(scene, 65, Minute, "http://h/", ("Cache-Control", "max-stale"))),
        new("stale-while-revalidate", "hit: stale for 5 s (max-age=60), age 65 s; served stale while it is validated in the background", scene =>
        {
            scene.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "y");
            return AfterAsync(scene, 65, "max-age=60, stale-while-revalidate=60");
        }),
        new("the origin fails", "stale: the origin failed, and the stored response may be served stale (stale-if-error), status 503", scene =>
        {
            scene.Origin.Otherwise = _ => ScriptedOrigin.Response(503, "y");
            return AfterAsync(scene, 65, "max-age=60, stale-if-error=60");
        }),
        new("the origin can't be reached", "stale: the origin can't be reached, and the stored response may be served stale", async scene =>
        {
            scene.Origin.Then(200, "x", ("Cache-Control", Minute)).ThenFails();
            await scene.GetAsync();
            scene.Time.Advance(TimeSpan.FromSeconds(65));
            return await scene.AskAsync();
        }) { Options = o => o.Stale.WhenDisconnected = true },
        new("the mode ForceCache", "hit: stale for 5 s (max-age=60), age 65 s; the request's mode takes a stale response", async scene =>
        {
            scene.Origin.Then(200, "x", ("Cache-Control", Minute));
            await scene.GetAsync();
            scene.Time.Advance(TimeSpan.FromSeconds(65));
            return await scene.AskAsync(CacheFixture.Request("GET", "http://h/").WithCache(HttpCacheMode.ForceCache));
        }),
        new("near its end", "hit: fresh for 5 s more (max-age=60), age 55 s; validated in the background before it expires", scene =>
        {
            scene.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "y");
            return AfterAsync(scene, 55, Minute);
        }) { Options = o => o.Freshness.EagerRefreshAfter = 0.9 },
        new("the origin is slow", "stale: the origin took longer than the soft timeout; the validation goes on in the background", async scene =>
        {
            var asked = new TaskCompletionSource();
            scene.Origin.Then(200, "x", ("Cache-Control", Minute)).ThenAsync(async (_, stop) =>
            {
                asked.SetResult();
                await Task.Delay(Timeout.Infinite, stop);
                return new HttpResponseMessage();
            });
            await scene.GetAsync();
            scene.Time.Advance(TimeSpan.FromSeconds(65));
            var asking = scene.AskAsync();
            await asked.Task;

            // The timer of the soft timeout may begin after the origin is asked. Until the answer is there, time may go on far.
            while (!asking.IsCompleted)
            {
                scene.Time.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }

            return await asking;
        }) { Options = o => (o.SoftTimeout, o.StaleIfError, o.Stale.BackgroundTimeout) = (TimeSpan.FromSeconds(1), TimeSpan.FromDays(365), TimeSpan.FromDays(20)) },
        new("the origin failed a moment ago", "hit: stale for 5 s (max-age=60), age 65 s; the origin failed a moment ago and is not asked again yet", async scene =>
        {
            scene.Origin.Then(200, "x", ("Cache-Control", "max-age=60, stale-if-error=60")).Then(503, "y");
            await scene.GetAsync();
            scene.Time.Advance(TimeSpan.FromSeconds(65));
            await scene.GetAsync();
            return await scene.AskAsync();
        }) { Options = o => o.Stale.FailedValidationPause = TimeSpan.FromMinutes(1) },
        new("the origin asked for a pause", "generated: the origin asked not to be asked before a time that has not come (Retry-After)", async scene =>
        {
            scene.Origin.Then(503, "y", ("Retry-After", "60"));
            await scene.GetAsync();
            return await scene.AskAsync();
        }) { Options = o => o.HonorRetryAfter = true },
        new("validated", "validated: the origin confirmed the stored response; stored", scene =>
        {
            scene.Origin.Otherwise = r => r.Headers.Contains("If-None-Match") ? ScriptedOrigin.Response(304, null, ("ETag", "\"a\"")) : throw new InvalidOperationException();
            return AfterAsync(scene, 65, Minute);
        }),
        new("validated, and the store can't be written", "validated: the origin confirmed the stored response; not stored: the store is not available", scene =>
        {
            scene.Origin.Otherwise = _ => ScriptedOrigin.Response(304, null, ("ETag", "\"a\""));
            return AfterAsync(scene, 65, Minute);
        }) { Store = () => new FaultyStore(new MemoryHttpCacheStore()).Inject(StoreCall.ReplaceHead, StoreFault.Throw) },
        new("validated, and invalidated in the meantime", "validated: the origin confirmed the stored response; not stored: another writer or an invalidation was first", scene =>
        {
            scene.Origin.Otherwise = _ =>
            {
                scene.Store.InvalidateAsync("http://h/", default).AsTask().GetAwaiter().GetResult();
                return ScriptedOrigin.Response(304, null, ("ETag", "\"a\""));
            };
            return AfterAsync(scene, 65, Minute);
        }),
        new("validated, and no longer to be stored", "validated: the origin confirmed the stored response; not stored: the response says no-store", scene =>
        {
            scene.Origin.Otherwise = _ => ScriptedOrigin.Response(304, null, ("ETag", "\"a\""), ("Cache-Control", "no-store"));
            return AfterAsync(scene, 65, Minute);
        }),
        new("a method", "forwarded: the method is never answered from the cache", scene => Answer(scene).AskAsync(CacheFixture.Request("DELETE", "http://h/"))),
        new("a request with content", "forwarded: the request carries content", scene =>
        {
            var request = CacheFixture.Request("GET", "http://h/");
            request.Content = new StringContent("q");
            return Answer(scene).AskAsync(request);
        }),
        new("a method override", "forwarded: the request asks a server to treat it as another method", scene => Answer(scene).AskAsync("http://h/", ("X-HTTP-Method-Override", "PUT"))),
        new("an upgrade", "forwarded: the request asks to change the protocol", scene => Answer(scene).AskAsync("http://h/", ("Upgrade", "x"))),
        new("a precondition on the state", "forwarded: only the origin can judge the request's If-Match or If-Unmodified-Since", scene => Answer(scene).AskAsync("http://h/", ("If-Match", "\"a\""))),
        new("a range in lines", "forwarded: the requested range can't be cut from a stored response; stored", async scene =>
        {
            Answer(scene);
            await scene.GetAsync();
            return await scene.AskAsync("http://h/", ("Range", "lines=1-2"));
        }),
        new("no-store in the request", "forwarded: the request says no-store", scene => Answer(scene).AskAsync("http://h/", ("Cache-Control", "no-store"))),
        new("the mode Reload", "forwarded: the request's mode reloads; stored", scene => Answer(scene).AskAsync(CacheFixture.Request("GET", "http://h/").WithCache(HttpCacheMode.Reload))),
        new("a store that can't be read", "forwarded: the store could not be read; not stored: the store is not available", scene => Answer(scene).AskAsync())
        {
            Store = () => new FaultyStore(new MemoryHttpCacheStore()).Inject(StoreCall.Read, StoreFault.Throw),
        },
        new("a miss", "forwarded: nothing stored; stored", scene => Answer(scene).AskAsync()),
        new("a miss of a variant", "forwarded: no stored variant fits (Accept-Language differs); stored", async scene =>
        {
            scene.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", Minute), ("Vary", "Accept, Accept-Language"));
            await scene.GetAsync("http://h/", ("Accept-Language", "de"));
            return await scene.AskAsync("http://h/", ("Accept-Language", "en"));
        }),
        new("a miss of a partition", "forwarded: nothing stored in this partition (the URI is stored in another one); stored", async scene =>
        {
            Answer(scene);
            await scene.GetAsync("http://h/", ("Authorization", "Bearer 1"));
            return await scene.AskAsync("http://h/", ("Authorization", "Bearer 2"));
        }),
        new("no-cache in the request", "forwarded: the request says no-cache; stored", scene => AgainAsync(scene, 2, Minute, ("Cache-Control", "no-cache"))),
        new("max-age in the request", "forwarded: the stored response is older than the request's max-age; stored", scene => AgainAsync(scene, 2, Minute, ("Cache-Control", "max-age=1"))),
        new("min-fresh in the request", "forwarded: the stored response is fresh for less than the request's min-fresh; stored", scene => AgainAsync(scene, 2, Minute, ("Cache-Control", "min-fresh=59"))),
        new("no-cache in the response", "forwarded: the stored response says no-cache; stored", scene => AgainAsync(scene, 2, "no-cache")),
        new("marked by a HEAD", "forwarded: the stored response was marked for validation; stored", async scene =>
        {
            Answer(scene);
            await scene.GetAsync();
            scene.Origin.Otherwise = _ => ScriptedOrigin.Response(200, null, ("ETag", "\"b\""), ("Cache-Control", "no-store"));
            using (await scene.Client.SendAsync(CacheFixture.Request("HEAD", "http://h/", ("Cache-Control", "no-cache"))))
            {
                Answer(scene);
                return await scene.AskAsync();
            }
        }),
        new("the clock was set back", "forwarded: the clock is behind the receipt of the stored response; stored", async scene =>
        {
            scene.Time.Advance(TimeSpan.FromHours(1));
            Answer(scene);
            using (var other = new HttpCache(scene.Store, null, new Microsoft.Extensions.Time.Testing.FakeTimeProvider(CacheFixture.Start.AddHours(2))))
            using (var client = new HttpClient(new CachingHandler(other) { InnerHandler = new Always() }))
            using (await client.GetAsync("http://h/"))
            {
                return await scene.AskAsync();
            }
        }),
        new("expired", "forwarded: the stored response has expired; stored", scene => AgainAsync(scene, 65, Minute)),
        new("no lifetime", "forwarded: the stored response has no freshness lifetime; stored", scene => AgainAsync(scene, 2, "")),
        new("a part", "forwarded: only a part is stored; stored", async scene =>
        {
            scene.Origin
                .Then(206, "01", ("Cache-Control", Minute), ("ETag", "\"a\""), ("Content-Range", "bytes 0-1/4"))
                .Then(206, "23", ("Cache-Control", Minute), ("ETag", "\"a\""), ("Content-Range", "bytes 2-3/4"));
            await scene.GetAsync("http://h/", ("Range", "bytes=0-1"));
            return await scene.AskAsync();
        }),
        new("only if cached", "generated: only a stored response was wanted, and none can be used", scene => scene.AskAsync("http://h/", ("Cache-Control", "only-if-cached"))),
        new("no answer, and 504 wanted", "generated: the stored response has expired", async scene =>
        {
            scene.Origin.Then(200, "x", ("Cache-Control", "max-age=60, must-revalidate")).ThenFails();
            await scene.GetAsync();
            scene.Time.Advance(TimeSpan.FromSeconds(65));
            return await scene.AskAsync();
        }) { Options = o => o.Stale.GatewayTimeoutOnFailure = true },
        new("a rule that makes the key throws", "forwarded: a rule of the application that makes the key threw", scene => Answer(scene).AskAsync())
        {
            Options = o => o.Keys.Material = _ => throw new InvalidOperationException(),
        },
    ];

    /// <summary>Has everything answered with a response that may be stored.</summary>
    public static OutcomeScene Answer(OutcomeScene scene, string control = Minute)
    {
        scene.Origin.Otherwise = _ => control.Length == 0
            ? ScriptedOrigin.Response(200, "x", ("ETag", "\"a\""))
            : ScriptedOrigin.Response(200, "x", ("ETag", "\"a\""), ("Cache-Control", control));
        return scene;
    }

    private static async Task<HttpResponseMessage> AfterAsync(OutcomeScene scene, int seconds, string control, string uri = "http://h/", params (string Name, string Value)[] fields)
    {
        scene.Origin.Then(200, "x", ("Cache-Control", control), ("ETag", "\"a\""), ("Content-Length", "1"));
        await scene.GetAsync(uri);
        scene.Time.Advance(TimeSpan.FromSeconds(seconds));
        return await scene.AskAsync(uri, fields);
    }

    /// <summary>The origin answers the second request with a whole response, whatever it is asked.</summary>
    private static async Task<HttpResponseMessage> AgainAsync(OutcomeScene scene, int seconds, string control, params (string Name, string Value)[] fields)
    {
        Answer(scene, control);
        await scene.GetAsync();
        scene.Time.Advance(TimeSpan.FromSeconds(seconds));
        return await scene.AskAsync("http://h/", fields);
    }

    private sealed class Always : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(ScriptedOrigin.Response(200, "x", ("Cache-Control", Minute)));
    }
}
