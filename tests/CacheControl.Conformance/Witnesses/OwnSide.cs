using System.Net;

namespace HttpCaching.Conformance.Witnesses;

/// <summary>Plays exchanges to this library's cache, through a client, as an application would.</summary>
internal sealed class OwnSide : HttpMessageHandler
{
    private static readonly HttpRequestOptionsKey<Play> Playing = new("play");

    private readonly SetTime _time = new();
    private readonly HttpCache[] _caches;
    private readonly HttpClient[] _clients;

    public OwnSide()
    {
        // Users of one exchange are one user to the two engines as well: neither knows partitions. The engines store whatever may be stored. This cache leaves out a response
        // that no later request could use, unless stale responses may be served; when the origin can't be reached, say, which never happens here.
        _caches = [.. new[] { CacheKind.Private, CacheKind.Shared }.Select(kind =>
            new HttpCache(null, new HttpCacheOptions { Kind = kind, SingleUser = kind == CacheKind.Private, Stale = { WhenDisconnected = true } }, _time))];
        _clients = [.. _caches.Select(cache => new HttpClient(new CachingHandler(cache) { InnerHandler = this }))];
    }

    public async Task<Done> DoAsync(Scripted exchange)
    {
        var client = _clients[exchange.Shared ? 1 : 0];
        var play = new Play(exchange, _time);
        _time.Now = exchange.Start;
        using var first = await client.SendAsync(Message(play, "GET", exchange.Request));
        await first.Content.ReadAsStringAsync();
        var stored = first.GetCacheStatus()!.Stored;

        play.Step = 2;
        _time.Now = exchange.Start + exchange.Delay + exchange.Elapsed;
        using var second = await client.SendAsync(Message(play, exchange.Method, exchange.Presented));
        var got = await GotAsync(second);
        var status = second.GetCacheStatus()!;
        var isBackground = status.Reason == CacheReason.StaleWhileRevalidate;
        Got? third = null;
        if (!isBackground)
        {
            play.Step = 3;
            _time.Now += exchange.Pause;
            using var response = await client.SendAsync(Message(play, "GET", exchange.Request));
            third = await GotAsync(response);
            third = response.GetCacheStatus()!.Hit ? third : null;
        }

        // The cache is not to grow with the number of exchanges.
        await _caches[exchange.Shared ? 1 : 0].InvalidateAsync(new Uri(exchange.Url));
        return new Done
        {
            Stored = stored,
            Ttl = status.TimeToLive?.TotalSeconds,
            Asked = isBackground ? null : play.Asked.Find(a => a.Step == 2).Conditions,
            Background = isBackground,
            Got = got,
            Third = third,
        };
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Options.TryGetValue(Playing, out var play);
        return Task.FromResult(play!.Answer(request));
    }

    protected override void Dispose(bool disposing)
    {
        Array.ForEach(_caches, c => c.Dispose());
        base.Dispose(disposing);
    }

    private static HttpRequestMessage Message(Play play, string method, IReadOnlyList<string[]> lines)
    {
        var message = new HttpRequestMessage(new HttpMethod(method), play.Exchange.Url);
        message.Options.Set(Playing, play);
        foreach (var line in lines)
        {
            message.Headers.TryAddWithoutValidation(line[0], line[1]);
        }

        return message;
    }

    private static async Task<Got> GotAsync(HttpResponseMessage response) => new()
    {
        Status = (int)response.StatusCode,
        Body = await response.Content.ReadAsStringAsync(),
        Headers = response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .GroupBy(h => h.Key.ToLowerInvariant()).ToDictionary(g => g.Key, g => string.Join(", ", g.SelectMany(h => h.Value))),
    };

    /// <summary>The origin of one exchange.</summary>
    private sealed class Play(Scripted exchange, SetTime time)
    {
        public Scripted Exchange => exchange;

        public int Step { get; set; } = 1;

        public List<(int Step, Conditions Conditions)> Asked { get; } = [];

        public HttpResponseMessage Answer(HttpRequestMessage request)
        {
            var conditions = new Conditions(Value(request, "If-None-Match"), Value(request, "If-Modified-Since"));
            lock (Asked)
            {
                Asked.Add((Step, conditions));
            }

            if (Step == 1)
            {
                time.Now += exchange.Delay;
                return Response(request, exchange.First, "first");
            }

            return Step == 3 ? Response(request, new ScriptedAnswer(200, [["Cache-Control", "no-store"]]), "third")
                : exchange.Second.Status == 304 && conditions is { Inm: null, Ims: null } ? Response(request, new ScriptedAnswer(200, exchange.Fallback), "next")
                : Response(request, exchange.Second, exchange.Second.Status == 304 ? string.Empty : "second");
        }

        private static string? Value(HttpRequestMessage request, string name) =>
            request.Headers.NonValidated.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

        private static HttpResponseMessage Response(HttpRequestMessage request, ScriptedAnswer answer, string body)
        {
            var response = new HttpResponseMessage((HttpStatusCode)answer.Status)
            {
                RequestMessage = request,
                Content = new ByteArrayContent(request.Method == HttpMethod.Head ? [] : System.Text.Encoding.ASCII.GetBytes(body)),
            };
            foreach (var line in answer.Lines)
            {
                if (!response.Headers.TryAddWithoutValidation(line[0], line[1]))
                {
                    response.Content.Headers.TryAddWithoutValidation(line[0], line[1]);
                }
            }

            return response;
        }
    }

    /// <summary>A clock that shows what it was set to.</summary>
    private sealed class SetTime : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => 1000;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Now);

        public override long GetTimestamp() => Now;
    }
}
