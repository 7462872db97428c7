using HttpCaching;

namespace QuickStart;

/// <summary>The dialogue with the origin in this process, of which it is known how each step should go.</summary>
/// <param name="conversation">The client.</param>
/// <param name="origin">The origin.</param>
/// <param name="time">The clock of both.</param>
public sealed class LocalDialogue(Conversation conversation, LoopbackOrigin origin, AdjustableTime time)
{
    /// <summary>All steps, in order: each builds on those before.</summary>
    public IEnumerable<Step> Steps() =>
    [
        new("GET /article", () => Get("/article")) { Status = 200, Reason = CacheReason.Miss, OriginRequests = 1 },
        new("GET /article again", () => Get("/article")) { Status = 200, Reason = CacheReason.Fresh, OriginRequests = 0 },
        new("61 s later: GET /article", () => Later(61, "/article")) { Status = 200, Reason = CacheReason.Validated, OriginRequests = 1 },
        new("GET /article, bytes 0-9", () => Get("/article", ("Range", "bytes=0-9"))) { Status = 206, Reason = CacheReason.Fresh, OriginRequests = 0, Body = "Version 1 " },
        new("HEAD /article", () => Send(HttpMethod.Head, "/article")) { Status = 200, Reason = CacheReason.Fresh, OriginRequests = 0 },
        new("GET /greeting in German", () => Get("/greeting", ("Accept-Language", "de"))) { Status = 200, Reason = CacheReason.Miss, OriginRequests = 1, Body = "Guten Tag" },
        new("GET /greeting in English", () => Get("/greeting", ("Accept-Language", "en"))) { Status = 200, Reason = CacheReason.Miss, OriginRequests = 1, Body = "Good day" },
        new("GET /greeting in German again", () => Get("/greeting", ("Accept-Language", "de"))) { Status = 200, Reason = CacheReason.Fresh, OriginRequests = 0, Body = "Guten Tag" },
        new("GET /balance", () => Get("/balance")) { Status = 200, Reason = CacheReason.Miss, OriginRequests = 1 },
        new("GET /balance again", () => Get("/balance")) { Status = 200, Reason = CacheReason.Miss, OriginRequests = 1 },
        new("61 s later, origin broken: GET /article", WhileBroken) { Status = 200, Reason = CacheReason.StaleIfError, OriginRequests = 1 },
        new("PUT /article", () => Send(HttpMethod.Put, "/article")) { Status = 204, Reason = CacheReason.Method, OriginRequests = 1 },
        new("GET /article", () => Get("/article")) { Status = 200, Reason = CacheReason.Miss, OriginRequests = 1 },
        new("GET /unknown, only if cached", () => Client.SendAsync(Request(HttpMethod.Get, "/unknown").WithCache(HttpCacheMode.OnlyIfCached))) { Status = 504, Reason = CacheReason.OnlyIfCached, OriginRequests = 0 },
        new("GET /race (gzip)", () => Get("/race", ("Accept-Encoding", "gzip"))) { Status = 200, OriginRequests = 1, Body = "the bytes of gzip" },
        new("The race: GET /race (gzip). While it is in flight the entry is replaced (br) and removed; then the 304 arrives", RaceAsync)
        {
            Status = 200,
            Reason = CacheReason.Validated,
            OriginRequests = 2,
            Body = "the bytes of gzip",
            Note = "The caller gets the bytes of the snapshot that its 304 is about; caches without one hand it a bare 304, or the bytes of br",
        },
    ];

    private HttpClient Client => conversation.Client;

    private Task<HttpResponseMessage> Get(string path, params (string Name, string Value)[] fields) => Send(HttpMethod.Get, path, fields);

    private Task<HttpResponseMessage> Send(HttpMethod method, string path, params (string Name, string Value)[] fields) =>
        Client.SendAsync(Request(method, path, fields));

    private Task<HttpResponseMessage> Later(int seconds, string path)
    {
        time.Skip(TimeSpan.FromSeconds(seconds));
        return Get(path);
    }

    private async Task<HttpResponseMessage> WhileBroken()
    {
        origin.IsBroken = true;
        try
        {
            return await Later(61, "/article");
        }
        finally
        {
            origin.IsBroken = false;
        }
    }

    private async Task<HttpResponseMessage> RaceAsync()
    {
        var hold = origin.HoldNext("gzip");
        var first = Get("/race", ("Accept-Encoding", "gzip"));
        await hold.ReachedAsync();
        using (await Get("/race", ("Accept-Encoding", "br")))
        {
            await conversation.Cache.ClearAsync();
        }

        hold.Release();
        return await first;
    }

    private HttpRequestMessage Request(HttpMethod method, string path, params (string Name, string Value)[] fields)
    {
        var request = new HttpRequestMessage(method, new Uri(origin.Address, path));
        foreach (var (name, value) in fields)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }
}
