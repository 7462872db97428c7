using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using HttpCaching.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Yarp.ReverseProxy.Forwarder;

namespace HttpCaching.AspNetCore.Tests;

/// <summary>A server that forwards to an origin through a cache, with or without the hits before the forwarder. It notes what the cache measures, logs and tells.</summary>
internal sealed class Gateway : IAsyncDisposable, ILoggerFactory, ILogger, IMeterFactory, IHttpCacheObserver
{
    public static readonly Uri Origin = new("http://origin.example:8080/app");

    private readonly WebApplication _app;
    private readonly HttpMessageInvoker _invoker;
    private readonly MeterListener _listener = new();
    private readonly List<Meter> _meters = [];
    private int _forwarded;

    private Gateway(bool answersHits, Func<HttpRequestMessage, HttpResponseMessage> origin, GatewayOptions options)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (_meters.Contains(instrument.Meter) && !instrument.IsObservable)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Measured(instrument, "", tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Measured(instrument, value.ToString(CultureInfo.InvariantCulture), tags));
        _listener.Start();
        Cache = new HttpCache(
            options.Store, new HttpCacheOptions { Kind = CacheKind.Shared, CacheStatusName = options.CacheStatusName }, Time, this, this, observers: [this]);
        _invoker = new HttpMessageInvoker(new CachingHandler(Cache) { InnerHandler = new OriginHandler(origin) });

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
            kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = options.Protocols);
        });
        builder.Services.AddHttpForwarder();
        _app = builder.Build();
        options.Before?.Invoke(_app);
        if (answersHits)
        {
            _app.UseHttpCacheHits(Cache, Origin, name => name.StartsWith("X-Removed", StringComparison.OrdinalIgnoreCase));
        }

        var forwarder = _app.Services.GetRequiredService<IHttpForwarder>();
        _app.Run(async context =>
        {
            Interlocked.Increment(ref _forwarded);
            await forwarder.SendAsync(context, Origin.AbsoluteUri, _invoker, ForwarderRequestConfig.Empty, new TargetTransformer());
        });
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public HttpCache Cache { get; }

    /// <summary>What was measured, logged and told, in order.</summary>
    public ConcurrentQueue<string> Notes { get; } = new();

    /// <summary>How many requests went past the hits.</summary>
    public int Forwarded => Volatile.Read(ref _forwarded);

    public Uri Address { get; private set; } = null!;

    HttpCacheEventKinds IHttpCacheObserver.Kinds => HttpCacheEventKinds.Hit;

    public static async Task<Gateway> StartAsync(bool answersHits, Func<HttpRequestMessage, HttpResponseMessage> origin, GatewayOptions? options = null)
    {
        var gateway = new Gateway(answersHits, origin, options ?? new GatewayOptions());
        await gateway._app.StartAsync();
        gateway.Address = new Uri(gateway._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return gateway;
    }

    /// <summary>Sends a request on a connection of its own; returns all that comes back.</summary>
    /// <param name="head">The request line and the fields, without Host. If it has a Connection, the connection ends all the same.</param>
    /// <param name="host">The value of Host.</param>
    public async Task<string> AskAsync(string head, string host = "edge")
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Address.Port);
        var close = head.Contains("\nConnection:", StringComparison.Ordinal) ? "" : "Connection: close\r\n";
        await client.Client.SendAsync(Encoding.Latin1.GetBytes($"{head}\r\nHost: {host}\r\n{close}\r\n"));
        using var received = new MemoryStream();
        await client.GetStream().CopyToAsync(received).WaitAsync(TimeSpan.FromSeconds(30));
        return Encoding.Latin1.GetString(received.ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _invoker.Dispose();
        Cache.Dispose();
        _listener.Dispose();
        _meters.ForEach(meter => meter.Dispose());
    }

    public void Dispose()
    {
    }

    ILogger ILoggerFactory.CreateLogger(string categoryName) => this;

    void ILoggerFactory.AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Notes.Enqueue($"{logLevel} {eventId.Id} {formatter(state, exception)} {exception?.GetType().Name}");

    Meter IMeterFactory.Create(MeterOptions options)
    {
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    void IHttpCacheObserver.OnEvent(HttpCacheEvent cacheEvent) => Notes.Enqueue($"told of {cacheEvent.GetType().Name}");

    private void Measured(Instrument instrument, string value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        Notes.Enqueue($"{instrument.Name} {value} {string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))}");

    /// <summary>Forwards the target as the client wrote it.</summary>
    private sealed class TargetTransformer : HttpTransformer
    {
        public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            foreach (var name in httpContext.Request.Headers.Keys.Where(name => name.StartsWith("X-Removed", StringComparison.OrdinalIgnoreCase)))
            {
                proxyRequest.Headers.Remove(name);
            }

            var target = httpContext.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
            if (target.StartsWith('/') && Uri.TryCreate(destinationPrefix + target, UriKind.Absolute, out var uri))
            {
                proxyRequest.RequestUri = uri;
            }

            proxyRequest.Headers.Host = null;
        }
    }

    private sealed class OriginHandler(Func<HttpRequestMessage, HttpResponseMessage> origin) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(origin(request));
    }
}

/// <summary>What differs between the gateways of the tests.</summary>
internal sealed record GatewayOptions
{
    public string? CacheStatusName { get; init; } = "Edge";

    public IHttpCacheStore? Store { get; init; }

    public HttpProtocols Protocols { get; init; } = HttpProtocols.Http1;

    /// <summary>Middleware before the hits.</summary>
    public Action<IApplicationBuilder>? Before { get; init; }
}
