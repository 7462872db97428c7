using System.Net;
using System.Net.Http.Headers;
using HttpCaching.StoreContract;

namespace HttpCaching.DistributedCache.Tests;

/// <summary>
/// Requests through a cache to an origin that knows what the answer to each has to be: one that is stored and hit, one of several chunks, one that is validated each time, one
/// that is changed by a POST, and one with a tag that a response removes.
/// </summary>
internal sealed class Conversation : IDisposable
{
    private const int SmallBody = 900;
    private const int MiddleBody = 3000;
    private const int LargeBody = 20_000;

    private readonly Origin _origin = new();
    private readonly HttpMessageInvoker _client;
    private readonly CachingHandler _handler;

    public Conversation(DistributedHttpCacheStore store, TimeSpan storeTimeout) => _client = new HttpMessageInvoker(
        _handler = new CachingHandler(store, new HttpCacheOptions { Store = { Timeout = storeTimeout }, CollapseRequests = false }) { InnerHandler = _origin });

    /// <summary>
    /// Whether the engine may have thrown at a removal by tag. The cache remembers an invalidation that a store could not carry out; a removal by an origin's group
    /// it asks for once, so what was removed may be served as long as it is fresh.
    /// </summary>
    public bool RemovalMayFail { get; init; }

    /// <summary>How many requests came through to the origin.</summary>
    public int Forwarded => _origin.Count;

    /// <summary>How many bodies broke off, each of which came from the store and had more than one chunk.</summary>
    public int BrokenOff { get; private set; }

    public async Task RunAsync()
    {
        foreach (var path in new[] { "/small", "/small", "/middle", "/middle", "/large", "/large", "/checked", "/checked" })
        {
            await GetAsync(path);
        }

        _origin.Change("/checked");
        await GetAsync("/checked");
        foreach (var path in new[] { "/small", "/large" })
        {
            await PostAsync(path);
            await GetAsync(path);
            await GetAsync(path);
        }

        await GetAsync("/tagged");
        await GetAsync("/tagged");
        _origin.Change("/tagged");
        await PostAsync("/untag");
        await GetAsync("/tagged");
    }

    public void Dispose() => _client.Dispose();

    private async Task PostAsync(string path)
    {
        _origin.Change(path);
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://example.org" + path) { Content = new StringContent("change") };
        using var response = await _client.SendAsync(request, default);
        response.StatusCode.Should().Be(HttpStatusCode.NoContent);
    }

    private async Task GetAsync(string path)
    {
        try
        {
            await GetOnceAsync(path);
        }
        catch (IOException) when (path == "/large")
        {
            // The head was out already when a chunk failed: a short body would be the only other way. The caller tries again.
            BrokenOff++;
            await GetOnceAsync(path);
        }
    }

    private async Task GetOnceAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://example.org" + path);
        using var response = await _client.SendAsync(request, default);
        response.StatusCode.Should().Be(HttpStatusCode.OK);
        using var body = new MemoryStream();
        await (await response.Content.ReadAsStreamAsync()).CopyToAsync(body);
        var version = long.Parse(response.Headers.GetValues("X-Version").Single());
        if (!RemovalMayFail || path != "/tagged")
        {
            version.Should().Be(_origin.VersionOf(path), $"{path} must not be one from before its change");
        }

        body.Length.Should().Be(LengthOf(path));
        SelfDescribingBody.Matches(IdOf(path, version), body.Length, 0, body.ToArray()).Should().BeTrue("the body is the one of its head");
    }

    private static long IdOf(string path, long version) => (path.Length * 1000) + version;

    private static int LengthOf(string path) => path switch { "/large" => LargeBody, "/middle" => MiddleBody, _ => SmallBody };

    private sealed class Origin : HttpMessageHandler
    {
        private readonly Dictionary<string, long> _versions = new(StringComparer.Ordinal);

        public int Count { get; private set; }

        public long VersionOf(string path) => _versions.GetValueOrDefault(path, 1);

        public void Change(string path) => _versions[path] = VersionOf(path) + 1;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Count++;
            var path = request.RequestUri!.AbsolutePath;
            if (request.Method == HttpMethod.Post)
            {
                var changed = new HttpResponseMessage(HttpStatusCode.NoContent);
                changed.Headers.Add("Cache-Group-Invalidation", path == "/untag" ? "\"group\"" : "\"other\"");
                return Task.FromResult(changed);
            }

            var version = VersionOf(path);
            var tag = new EntityTagHeaderValue($"\"{path[1..]}{version}\"");
            var response = new HttpResponseMessage(request.Headers.IfNoneMatch.Contains(tag) ? HttpStatusCode.NotModified : HttpStatusCode.OK);
            response.Headers.ETag = tag;
            response.Headers.Date = DateTimeOffset.UtcNow;
            response.Headers.Add("X-Version", $"{version}");
            response.Headers.Add("Cache-Control", path == "/checked" ? "no-cache" : "max-age=3600");
            if (path == "/tagged")
            {
                response.Headers.Add("Cache-Groups", "\"group\"");
            }

            if (response.StatusCode == HttpStatusCode.OK)
            {
                response.Content = new ByteArrayContent(SelfDescribingBody.Create(IdOf(path, version), LengthOf(path)));
            }

            return Task.FromResult(response);
        }
    }
}
