using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using HttpCaching.Tests.Control;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Outcomes;

/// <summary>A cache of which everything is watched that tells of an outcome: statuses, fields, log lines, measurements.</summary>
internal sealed class OutcomeScene : IDisposable
{
    private readonly HttpCache _cache;
    private readonly Meters _meters = new();
    private readonly MeterListener _listener = new();
    private HttpClient? _client;

    public OutcomeScene(Action<HttpCacheOptions>? configure = null, IHttpCacheStore? store = null)
    {
        var options = new HttpCacheOptions { CacheStatusName = "own" };
        configure?.Invoke(options);
        Store = store ?? new MemoryHttpCacheStore();
        _cache = new HttpCache(Store, options, Time, Log, _meters);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, _meters) && instrument.Name is "cachecontrol.requests" or "cachecontrol.storing")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, _meters))
            {
                (instrument.Name == "cachecontrol.requests" ? Requests : Stored).Enqueue(string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}")));
            }
        });
        _listener.Start();
    }

    public ScriptedOrigin Origin { get; } = new();

    public FakeTimeProvider Time { get; } = new(CacheFixture.Start);

    public IHttpCacheStore Store { get; }

    public EventLog Log { get; } = new(LogLevel.Debug);

    public HttpCache Cache => _cache;

    /// <summary>The tags of each request that was counted.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>The tags of each response whose storing was counted.</summary>
    public ConcurrentQueue<string> Stored { get; } = new();

    /// <summary>What lies above the cache, if anything does.</summary>
    public Func<HttpMessageHandler, HttpMessageHandler>? Above { get; set; }

    public HttpClient Client => _client ??= new HttpClient(Above?.Invoke(Handler()) ?? Handler());

    /// <summary>Sends a request and reads the whole answer.</summary>
    public async Task GetAsync(string uri = "http://h/", params (string Name, string Value)[] fields)
    {
        using var response = await Client.SendAsync(CacheFixture.Request("GET", uri, fields));
    }

    /// <summary>Sends a request and leaves the body to be read.</summary>
    public Task<HttpResponseMessage> AskAsync(string uri = "http://h/", params (string Name, string Value)[] fields) =>
        AskAsync(CacheFixture.Request("GET", uri, fields));

    public Task<HttpResponseMessage> AskAsync(HttpRequestMessage request) => Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

    public void Dispose()
    {
        _client?.Dispose();
        _listener.Dispose();
        _cache.Dispose();
        (Store as IDisposable)?.Dispose();
    }

    private CachingHandler Handler() => new(_cache) { InnerHandler = Origin };

    private sealed class Meters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options.Name, options.Version, options.Tags, scope: this);

        public void Dispose()
        {
        }
    }
}
