using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HttpCaching.IntegrationTests;

/// <summary>
/// An origin whose resources change all the time. Each answer says in head and body of which resource, coding and version it is, and an ETag
/// names coding and version; a matching If-None-Match is answered by 304.
/// </summary>
internal sealed class ChangingOrigin : IAsyncDisposable
{
    private static readonly TimeSpan ChangeInterval = TimeSpan.FromMilliseconds(150);

    private readonly WebApplication _app;
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private int _requests;
    private int _notModified;

    private ChangingOrigin(WebApplication app) => _app = app;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public int Requests => _requests;

    public int NotModified => _notModified;

    public static async Task<ChangingOrigin> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var origin = new ChangingOrigin(app);
        app.Run(origin.AnswerAsync);
        await app.StartAsync();
        return origin;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        if (context.Request.Method == "POST")
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        var resource = int.Parse(context.Request.Path.Value.AsSpan(1), CultureInfo.InvariantCulture);
        var accepted = context.Request.Headers.AcceptEncoding.ToString();
        var coding = accepted.Length == 0 ? "identity" : accepted.Split(',')[0];

        // Each resource changes at its own time; most requests find it unchanged.
        var elapsed = TimeProvider.System.GetElapsedTime(_start) + (resource * TimeSpan.FromMilliseconds(37));
        var version = (int)(elapsed / (ChangeInterval * (1 + (resource % 8))));
        var tag = $"\"{coding}-{version}\"";
        var headers = context.Response.Headers;
        headers.ETag = tag;
        headers.Vary = "Accept-Encoding";
        headers.CacheControl = resource % 4 == 0 ? "max-age=1" : "no-cache";
        headers["X-Body"] = $"{resource} {coding} {version}";
        if (context.Request.Headers.IfNoneMatch.ToString().Split(',').Any(t => t.Trim() == tag))
        {
            Interlocked.Increment(ref _notModified);
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var body = BodyOf(resource, coding, version);
        if (coding != "identity")
        {
            headers.ContentEncoding = coding;
        }

        if (resource % 3 != 0)
        {
            headers.ContentLength = body.Length;
        }

        await context.Response.Body.WriteAsync(body);
    }

    private static byte[] BodyOf(int resource, string coding, int version)
    {
        // From a few bytes to some hundred thousand, so that all ways of storing are used.
        var length = 100 + (int)(((long)resource * resource * 977) + (version * 131L)) % (resource % 6 == 5 ? 300_000 : 30_000);
        var body = new byte[length];
        Array.Fill(body, (byte)('a' + (version % 26)));
        Encoding.ASCII.GetBytes($"{resource} {coding} {version} {length}\n").CopyTo(body, 0);
        return body;
    }
}
