using System.Globalization;
using System.Net;
using System.Text;

namespace HttpCaching.StoreContract;

/// <summary>
/// A conversation that uses every part of a store: misses, hits, validations, variants, HEAD, ranges, parts, unsafe methods.
/// The origin computes its answers from the request alone. So the right answer is known, whatever the cache does.
/// </summary>
internal sealed class StoreDialogue : HttpMessageHandler
{
    private readonly SteppedTime _time = new();
    private readonly string _host;
    private readonly HttpCache _cache;
    private readonly HttpClient _client;
    private int _version;

    /// <summary>A conversation through a cache over a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="host">The host of the requests. Two conversations over one store need two hosts.</param>
    /// <param name="storeTimeout">How long the cache waits for the store. If the store is slower, the circuit opens; the answers are right all the same.</param>
    public StoreDialogue(IHttpCacheStore store, string host, TimeSpan storeTimeout)
    {
        _host = host;
        _cache = new HttpCache(store, new HttpCacheOptions { Store = { Timeout = storeTimeout, BodyTimeout = storeTimeout } }, _time);
        _client = new HttpClient(new CachingHandler(_cache) { InnerHandler = this });
    }

    /// <summary>Sends all requests. Returns each answer with the expected one.</summary>
    public async Task<IReadOnlyList<(string Step, string Seen, string Right)>> RunAsync(bool async)
    {
        var answers = new List<(string, string, string)>();
        async Task Ask(string step, string method, string path, int status, params (string, string)[] fields)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), $"http://{_host}{path}");
            foreach (var (name, value) in fields)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            var seen = await SendAsync(request, async).ConfigureAwait(false);
            answers.Add((step, seen, Expected(method, path, status, fields)));
        }

        await Ask("miss", "GET", "/a", 200).ConfigureAwait(false);
        await Ask("hit", "GET", "/a", 200).ConfigureAwait(false);
        _time.Advance(TimeSpan.FromSeconds(61));
        await Ask("validation", "GET", "/a", 200).ConfigureAwait(false);
        await Ask("hit after validation", "GET", "/a", 200).ConfigureAwait(false);
        await Ask("variant de", "GET", "/vary", 200, ("Accept-Language", "de")).ConfigureAwait(false);
        await Ask("variant en", "GET", "/vary", 200, ("Accept-Language", "en")).ConfigureAwait(false);
        await Ask("variant de again", "GET", "/vary", 200, ("Accept-Language", "de")).ConfigureAwait(false);
        await Ask("head", "HEAD", "/a", 200).ConfigureAwait(false);
        await Ask("range of a whole", "GET", "/a", 206, ("Range", "bytes=2-5")).ConfigureAwait(false);
        await Ask("part", "GET", "/part", 206, ("Range", "bytes=0-9")).ConfigureAwait(false);
        await Ask("the rest", "GET", "/part", 200).ConfigureAwait(false);
        await Ask("no-cache", "GET", "/a", 200, ("Cache-Control", "no-cache")).ConfigureAwait(false);
        await Ask("put", "PUT", "/a", 204).ConfigureAwait(false);
        await Ask("after put", "GET", "/a", 200).ConfigureAwait(false);
        await Ask("hit after put", "GET", "/a", 200).ConfigureAwait(false);
        return answers;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(Send(request, cancellationToken));

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method == HttpMethod.Put)
        {
            _version++;
            return new HttpResponseMessage(HttpStatusCode.NoContent) { RequestMessage = request };
        }

        var body = BodyOf(request.RequestUri!.AbsolutePath, request.Headers.AcceptLanguage.ToString());
        var tag = $"\"{Convert.ToHexString(Encoding.UTF8.GetBytes(body))}\"";
        var response = new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request };
        response.Headers.Add("ETag", tag);
        response.Headers.Add("Cache-Control", "max-age=60");
        response.Headers.Add("Date", _time.GetUtcNow().ToString("r", CultureInfo.InvariantCulture));
        response.Headers.Add("Vary", "Accept-Language");
        if (request.Headers.IfNoneMatch.Any(known => known.Tag == tag))
        {
            response.StatusCode = HttpStatusCode.NotModified;
            return response;
        }

        var (status, bytes, range) = Cut(Encoding.UTF8.GetBytes(body), request.Headers.Range?.ToString());
        response.StatusCode = status;
        response.Content = new ByteArrayContent(request.Method == HttpMethod.Head ? [] : bytes);
        response.Content.Headers.ContentLength = bytes.Length;
        if (range is not null)
        {
            response.Content.Headers.TryAddWithoutValidation("Content-Range", range);
        }

        return response;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _client.Dispose();
            _cache.Dispose();
        }

        base.Dispose(disposing);
    }

    private static (HttpStatusCode Status, byte[] Bytes, string? Range) Cut(byte[] body, string? range)
    {
        if (range is null)
        {
            return (HttpStatusCode.OK, body, null);
        }

        var ends = range["bytes=".Length..].Split('-');
        var first = int.Parse(ends[0], CultureInfo.InvariantCulture);
        var last = ends[1].Length == 0 ? body.Length - 1 : int.Parse(ends[1], CultureInfo.InvariantCulture);
        return (HttpStatusCode.PartialContent, body[first..(last + 1)], $"bytes {first}-{last}/{body.Length}");
    }

    private string BodyOf(string path, string language) => $"version {_version} of {path} in [{language}], long enough to be cut";

    private string Expected(string method, string path, int status, (string Name, string Value)[] fields)
    {
        if (method != "GET")
        {
            return status + " ";
        }

        var language = fields.FirstOrDefault(field => field.Name == "Accept-Language").Value ?? string.Empty;
        var range = fields.FirstOrDefault(field => field.Name == "Range").Value;
        return status + " " + Encoding.UTF8.GetString(Cut(Encoding.UTF8.GetBytes(BodyOf(path, language)), range).Bytes);
    }

    private async Task<string> SendAsync(HttpRequestMessage request, bool async)
    {
        using var response = async
            ? await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).ConfigureAwait(false)
            : _client.Send(request, HttpCompletionOption.ResponseHeadersRead);
        string body;
        try
        {
            if (async)
            {
                body = await response.Content.ReadAsStringAsync().ConfigureAwait(false);
            }
            else
            {
                using var reader = new StreamReader(response.Content.ReadAsStream());
                body = reader.ReadToEnd();
            }
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException { InnerException: IOException })
        {
            body = BodyFailed;
        }

        return (int)response.StatusCode + " " + body;
    }

    /// <summary>Represents a body whose stream threw: the one honest end if bytes are missing after the head was given (SRE-4).</summary>
    public const string BodyFailed = "the body failed";

    /// <summary>A clock that the test moves. Waits take their real time.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        private DateTimeOffset _now = StoredResponses.Epoch;

        public void Advance(TimeSpan time) => _now += time;

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
