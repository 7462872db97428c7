using System.Globalization;
using System.Net;
using System.Text;
using CacheControl.Storage;
using CacheControl.Tests.Control;
using Microsoft.Extensions.Time.Testing;

namespace CacheControl.Tests.Races;

/// <summary>
/// A conversation that uses every part of a store: misses, hits, validations, variants, HEAD, ranges, parts, unsafe methods.
/// The origin computes its answers from the request alone, so that what is right is known whatever the cache does.
/// </summary>
internal sealed class Dialogue : HttpMessageHandler
{
    private readonly FakeTimeProvider _time = new(CacheFixture.Start);
    private readonly HttpCache _cache;
    private readonly HttpClient _client;
    private int _version;

    public Dialogue(IHttpCacheStore store)
    {
        _cache = new HttpCache(store, null, _time);
        _client = new HttpClient(new CachingHandler(_cache) { InnerHandler = this });
    }

    /// <summary>Sends all requests; gives each answer with what it should have been.</summary>
    public async Task<IReadOnlyList<(string Step, string Seen, string Right)>> RunAsync(bool async)
    {
        var answers = new List<(string, string, string)>();
        async Task Ask(string step, string method, string path, int status, params (string, string)[] fields)
        {
            var seen = await SendAsync(CacheFixture.Request(method, "http://h" + path, fields), async);
            answers.Add((step, seen, Expected(method, path, status, fields)));
        }

        await Ask("miss", "GET", "/a", 200);
        await Ask("hit", "GET", "/a", 200);
        _time.Advance(TimeSpan.FromSeconds(61));
        await Ask("validation", "GET", "/a", 200);
        await Ask("hit after validation", "GET", "/a", 200);
        await Ask("variant de", "GET", "/vary", 200, ("Accept-Language", "de"));
        await Ask("variant en", "GET", "/vary", 200, ("Accept-Language", "en"));
        await Ask("variant de again", "GET", "/vary", 200, ("Accept-Language", "de"));
        await Ask("head", "HEAD", "/a", 200);
        await Ask("range of a whole", "GET", "/a", 206, ("Range", "bytes=2-5"));
        await Ask("part", "GET", "/part", 206, ("Range", "bytes=0-9"));
        await Ask("the rest", "GET", "/part", 200);
        await Ask("no-cache", "GET", "/a", 200, ("Cache-Control", "no-cache"));
        await Ask("put", "PUT", "/a", 204);
        await Ask("after put", "GET", "/a", 200);
        await Ask("hit after put", "GET", "/a", 200);
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
        response.Headers.Add("Date", _time.GetUtcNow().ToString("r"));
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
            ? await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead)
            : _client.Send(request, HttpCompletionOption.ResponseHeadersRead);
        string body;
        try
        {
            if (async)
            {
                body = await response.Content.ReadAsStringAsync();
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

    /// <summary>Stands for a body whose stream threw: the one honest end when bytes are found missing after the head was given (SRE-4).</summary>
    public const string BodyFailed = "the body failed";
}
