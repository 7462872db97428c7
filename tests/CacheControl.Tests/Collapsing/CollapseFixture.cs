using System.Diagnostics.Metrics;
using HttpCaching.Tests.Control;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Collapsing;

/// <summary>
/// A cache over an origin with gates. With a store in memory a request has reached the origin, or the place where it waits, by the time the call that sends it
/// returns its task: nothing here waits for time to pass.
/// </summary>
internal sealed class CollapseFixture : IDisposable
{
    public static readonly (string, string) Fresh = ("Cache-Control", "max-age=60");

    public static readonly (string, string) Tag = ("ETag", "\"a\"");

    public CollapseFixture(Action<HttpCacheOptions>? configure = null, IHttpCacheStore? store = null, IMeterFactory? meters = null)
    {
        var options = new HttpCacheOptions();
        configure?.Invoke(options);
        Cache = new HttpCache(store ?? new MemoryHttpCacheStore(), options, Time, Log, meters);
        Client = new HttpClient(new CachingHandler(Cache) { InnerHandler = Origin });
    }

    public GatedOrigin Origin { get; } = new();

    public FakeTimeProvider Time { get; } = new(CacheFixture.Start);

    public EventLog Log { get; } = new();

    public HttpCache Cache { get; }

    public HttpClient Client { get; }

    public static byte[] Bytes(int length, int seed = 7)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Sends a GET; the task ends with the head.</summary>
    public Task<HttpResponseMessage> Get(string uri = "http://h/", CancellationToken cancellationToken = default, params (string Name, string Value)[] fields) =>
        Client.SendAsync(CacheFixture.Request("GET", uri, fields), HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    public Task<HttpResponseMessage>[] GetMany(int count, params (string Name, string Value)[] fields) =>
        [.. Enumerable.Range(0, count).Select(_ => Get(fields: fields))];

    /// <summary>Stores a response, so that the next request finds it.</summary>
    public async Task StoreAsync(string body, params (string Name, string Value)[] fields)
    {
        var first = Get();
        (await Origin.NextAsync()).Answer(200, body, fields);
        (await (await first).Content.ReadAsStringAsync()).Should().Be(body);
    }

    public static async Task<string[]> BodiesOf(IEnumerable<Task<HttpResponseMessage>> responses) =>
        await Task.WhenAll(responses.Select(async r => await (await r).Content.ReadAsStringAsync())).WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>Counts what the collapsing meter says from here on.</summary>
    public static (MeterListener Listener, Func<string, long> CountOf) Listen()
    {
        var counts = new System.Collections.Concurrent.ConcurrentDictionary<string, long>();
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Name == "cachecontrol.collapsed")
                {
                    l.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => counts.AddOrUpdate((string)tags[0].Value!, value, (_, old) => old + value));
        listener.Start();
        return (listener, outcome => counts.GetValueOrDefault(outcome));
    }

    public void Dispose()
    {
        Client.Dispose();
        Cache.Dispose();
    }
}
