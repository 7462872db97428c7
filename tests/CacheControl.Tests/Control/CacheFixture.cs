using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Control;

/// <summary>A cache over a scripted origin, with a store in memory and a clock that stands still.</summary>
internal sealed class CacheFixture : IDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly HttpCache _cache;

    public CacheFixture(Action<HttpCacheOptions>? configure = null, IHttpCacheStore? store = null, string? name = null)
    {
        var options = new HttpCacheOptions();
        configure?.Invoke(options);
        Store = store ?? new MemoryHttpCacheStore();
        Time = new FakeTimeProvider(Start);
        _cache = new HttpCache(Store, options, Time, Log, name: name);
        Client = new HttpClient(new CachingHandler(_cache) { InnerHandler = Origin });
    }

    public ScriptedOrigin Origin { get; } = new();

    public FakeTimeProvider Time { get; }

    public EventLog Log { get; } = new();

    public IHttpCacheStore Store { get; }

    public HttpClient Client { get; }

    public HttpCache Cache => _cache;

    public static string Date(int secondsFromStart = 0) => Start.AddSeconds(secondsFromStart).ToString("r");

    public async Task<Seen> GetAsync(string uri = "http://h/", params (string Name, string Value)[] fields) =>
        await SendAsync(Request("GET", uri, fields));

    public static HttpRequestMessage Request(string method, string uri, params (string Name, string Value)[] fields)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), uri);
        foreach (var (name, value) in fields)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    public async Task<Seen> SendAsync(HttpRequestMessage request)
    {
        using var response = await Client.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        return new Seen(
            (int)response.StatusCode,
            body,
            response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
                .ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            response.GetCacheStatus()!);
    }

    public void Dispose()
    {
        Client.Dispose();
        _cache.Dispose();
        (Store as IDisposable)?.Dispose();
    }
}

/// <summary>A response as the caller saw it.</summary>
internal sealed record Seen(int Status, string Body, IReadOnlyDictionary<string, string> Fields, CacheStatus Cache)
{
    public string? this[string name] => Fields.TryGetValue(name, out var value) ? value : null;
}
