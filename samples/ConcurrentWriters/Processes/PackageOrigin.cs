using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ConcurrentWriters.Processes;

/// <summary>
/// A package index on the loopback address whose pages change all the time. An entity tag names coding and version; a request that names the
/// current one gets a 304. Some pages forget to say Vary, as real ones do.
/// </summary>
internal sealed class PackageOrigin : IAsyncDisposable
{
    private static readonly TimeSpan ChangeInterval = TimeSpan.FromMilliseconds(150);

    private readonly WebApplication _app;
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private int _requests;
    private int _notModified;

    private PackageOrigin(WebApplication app) => _app = app;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public int Requests => _requests;

    public int NotModified => _notModified;

    public static async Task<PackageOrigin> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var origin = new PackageOrigin(app);
        app.Run(origin.AnswerAsync);
        await app.StartAsync(cancellationToken);
        return origin;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        var package = int.Parse(context.Request.Path.Value.AsSpan(PackagePage.Path.Length), CultureInfo.InvariantCulture);
        var page = new PackagePage(package, PackagePage.CodingFor(context.Request.Headers.AcceptEncoding.ToString()), VersionOf(package));
        var headers = context.Response.Headers;
        headers.ETag = page.EntityTag;
        headers[PackagePage.HeadField] = page.Description;

        // A page without Vary is right only if every use is validated.
        var saysVary = package % 3 != 0;
        headers.CacheControl = saysVary && package % 4 == 0 ? "max-age=1" : "no-cache";
        if (saysVary)
        {
            headers.Vary = "Accept-Encoding";
        }

        if (context.Request.Headers.IfNoneMatch.ToString().Split(',').Any(tag => tag.Trim() == page.EntityTag))
        {
            Interlocked.Increment(ref _notModified);
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var body = page.Body();
        headers.ContentEncoding = page.Coding;
        headers.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>Each page changes at its own pace; most requests find it unchanged.</summary>
    private int VersionOf(int package)
    {
        var elapsed = TimeProvider.System.GetElapsedTime(_start) + (package * TimeSpan.FromMilliseconds(37));
        return (int)(elapsed / (ChangeInterval * (1 + (package % 8))));
    }
}
