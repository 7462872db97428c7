using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace QuickStart;

/// <summary>
/// A small origin server on a free port of this machine, as slow as one at the other end of a continent. It dates its responses by the same clock as the cache.
/// </summary>
public sealed class LoopbackOrigin : IAsyncDisposable
{
    /// <summary>How long it takes for each answer.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(200);

    private readonly WebApplication _server;
    private readonly TimeProvider _time;
    private int _requests;
    private int _version = 1;
    private Hold? _hold;

    private LoopbackOrigin(WebApplication server, TimeProvider time)
    {
        _server = server;
        _time = time;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_server.Urls.First());

    /// <summary>How many requests it has had.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Whether it answers everything with 503.</summary>
    public bool IsBroken { get; set; }

    /// <summary>Whether its answers take their time.</summary>
    public bool IsFar { get; set; } = true;

    /// <summary>Starts a server.</summary>
    /// <param name="time">The clock of its Date fields.</param>
    public static async Task<LoopbackOrigin> StartAsync(TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        var origin = new LoopbackOrigin(builder.Build(), time);
        origin._server.Run(origin.AnswerAsync);
        await origin._server.StartAsync();
        return origin;
    }

    /// <summary>Holds the next request of one Accept-Encoding, until it is released.</summary>
    /// <param name="encoding">The Accept-Encoding.</param>
    public Hold HoldNext(string encoding) => _hold = new Hold(encoding);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        await Task.Delay(IsFar ? Delay : TimeSpan.Zero, context.RequestAborted);
        var headers = context.Response.Headers;
        headers.Date = _time.GetUtcNow().ToString("r");
        if (IsBroken)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        switch (context.Request.Path.Value)
        {
            case "/article" when HttpMethods.IsPut(context.Request.Method):
                _version++;
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                break;

            case "/article":
                headers.CacheControl = "max-age=60";
                await SendAsync(context, $"v{_version}", string.Concat(Enumerable.Repeat($"Version {_version} of a long article. ", 200)));
                break;

            case "/greeting":
                headers.CacheControl = "max-age=60";
                headers.Vary = "Accept-Language";
                var isGerman = context.Request.Headers.AcceptLanguage == "de";
                await SendAsync(context, isGerman ? "de" : "en", isGerman ? "Guten Tag" : "Good day");
                break;

            case "/balance":
                headers.CacheControl = "no-store";
                await SendAsync(context, "balance", "1,234.56");
                break;

            case "/race":
                headers.CacheControl = "no-cache";
                var encoding = context.Request.Headers.AcceptEncoding.ToString();
                await (_hold?.PassAsync(encoding) ?? Task.CompletedTask);
                await SendAsync(context, encoding, $"the bytes of {encoding}");
                break;

            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }

    private static async Task SendAsync(HttpContext context, string tag, string body)
    {
        tag = $"\"{tag}\"";
        context.Response.Headers.ETag = tag;
        if (context.Request.Headers.IfNoneMatch.ToString().Split(", ").Contains(tag))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = "text/plain";
        await context.Response.WriteAsync(body);
    }
}
