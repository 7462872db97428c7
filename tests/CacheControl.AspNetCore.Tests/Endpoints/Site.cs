using System.Collections.Concurrent;
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

namespace HttpCaching.AspNetCore.Tests.Endpoints;

/// <summary>A server of its own responses, with or without a cache before its endpoints.</summary>
internal sealed class Site : IAsyncDisposable, ILoggerProvider, ILogger
{
    private readonly WebApplication _app;
    private int _asked;

    private Site(bool isCached, RequestDelegate endpoint, SiteOptions options)
    {
        var cacheOptions = new HttpCacheOptions { Kind = CacheKind.Shared };
        options.Cache?.Invoke(cacheOptions);
        Cache = new HttpCache(options.Store, cacheOptions, Time);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(this);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.AllowSynchronousIO = options.AllowsBlocking;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = options.Protocols);
        });
        options.Services?.Invoke(builder.Services);
        _app = builder.Build();
        options.Before?.Invoke(_app);
        if (isCached)
        {
            _app.UseHttpCache(Cache);
        }

        options.After?.Invoke(_app);
        _app.Run(context =>
        {
            Interlocked.Increment(ref _asked);
            return endpoint(context);
        });
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public HttpCache Cache { get; }

    /// <summary>How often the endpoint was asked.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>The exceptions that were logged.</summary>
    public ConcurrentQueue<string> Failures { get; } = new();

    public Uri Address { get; private set; } = null!;

    public static async Task<Site> StartAsync(bool isCached, RequestDelegate endpoint, SiteOptions? options = null)
    {
        var site = new Site(isCached, endpoint, options ?? new SiteOptions());
        await site._app.StartAsync();
        site.Address = new Uri(site._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return site;
    }

    /// <summary>Sends a request on a connection of its own; returns all that comes back, but for the server's Date.</summary>
    public async Task<string> AskAsync(string head, string body = "")
    {
        using var client = await ConnectAsync(head, body);
        using var received = new MemoryStream();
        try
        {
            await client.GetStream().CopyToAsync(received).WaitAsync(TimeSpan.FromSeconds(30));
        }
        catch (IOException)
        {
            // The system drops what has come but was not read yet.
            return "(aborted)";
        }

        var lines = Encoding.Latin1.GetString(received.ToArray()).Split("\r\n");
        return string.Join("\r\n", lines.Where(line => !line.StartsWith("Date:", StringComparison.Ordinal)));
    }

    /// <summary>Sends a request on a connection of its own.</summary>
    public async Task<TcpClient> ConnectAsync(string head, string body = "")
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Address.Port);
        await client.Client.SendAsync(Encoding.Latin1.GetBytes($"{head}\r\nHost: site\r\nConnection: close\r\n\r\n{body}"));
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Cache.Dispose();
    }

    public void Dispose()
    {
    }

    ILogger ILoggerProvider.CreateLogger(string categoryName) => this;

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Error)
        {
            Failures.Enqueue($"{eventId.Name}: {exception?.GetType().Name} {exception?.Message}");
        }
    }
}

/// <summary>What differs between the sites of the tests.</summary>
internal sealed record SiteOptions
{
    public IHttpCacheStore? Store { get; init; }

    public Action<HttpCacheOptions>? Cache { get; init; }

    public Action<IServiceCollection>? Services { get; init; }

    /// <summary>Middleware before the cache.</summary>
    public Action<WebApplication>? Before { get; init; }

    /// <summary>Middleware between the cache and the endpoint.</summary>
    public Action<WebApplication>? After { get; init; }

    public HttpProtocols Protocols { get; init; } = HttpProtocols.Http1;

    public bool AllowsBlocking { get; init; }
}
