using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Storage.Files;

/// <summary>A client over a store on disk, and an origin whose answers follow from the request: every answer is checked, every warning is noted.</summary>
internal sealed class StoreSite<TStore> : IDisposable, ILoggerFactory, ILogger
    where TStore : IHttpCacheStore, IDisposable
{
    private readonly HttpCache _cache;
    private readonly HttpClient _client;

    /// <summary>Opens the store, which is told where to log and which clock the cache has.</summary>
    public StoreSite(Func<ILogger, TimeProvider, TStore> open)
    {
        Store = open(this, Time);
        _cache = new HttpCache(Store, new HttpCacheOptions(), Time, this);
        _client = new HttpClient(new CachingHandler(_cache) { InnerHandler = new Origin() });
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));

    public TStore Store { get; }

    /// <summary>The ids of the warnings.</summary>
    public ConcurrentQueue<int> Logged { get; } = new();

    /// <summary>"right", with ", hit" if the origin wasn't asked, or what is wrong.</summary>
    public async Task<string> GetAsync(string name, int bytes)
    {
        using var response = await _client.GetAsync($"http://h/{name}?{bytes}");
        var body = await response.Content.ReadAsByteArrayAsync();
        await _cache.Controller.WhenStoredAsync();
        return response.StatusCode == HttpStatusCode.OK && body.AsSpan().SequenceEqual(Origin.BodyOf(bytes))
            ? "right" + (response.GetCacheStatus()!.Hit ? ", hit" : string.Empty)
            : $"{response.StatusCode}, {body.Length} bytes";
    }

    public void Dispose()
    {
        _client.Dispose();
        _cache.Dispose();
        Store.Dispose();
    }

    ILogger ILoggerFactory.CreateLogger(string categoryName) => this;

    void ILoggerFactory.AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Warning)
        {
            Logged.Enqueue(eventId.Id);
        }
    }

    private sealed class Origin : HttpMessageHandler
    {
        public static byte[] BodyOf(int bytes)
        {
            var body = new byte[bytes];
            new Random(bytes).NextBytes(body);
            return body;
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var isKnown = request.Headers.IfNoneMatch.Count > 0;
            var response = new HttpResponseMessage(isKnown ? HttpStatusCode.NotModified : HttpStatusCode.OK) { RequestMessage = request };
            response.Headers.TryAddWithoutValidation("Cache-Control", "max-age=60");
            response.Headers.TryAddWithoutValidation("ETag", "\"x\"");
            if (!isKnown)
            {
                response.Content = new ByteArrayContent(BodyOf(int.Parse(request.RequestUri!.Query.AsSpan(1), CultureInfo.InvariantCulture)));
            }

            return Task.FromResult(response);
        }
    }
}
