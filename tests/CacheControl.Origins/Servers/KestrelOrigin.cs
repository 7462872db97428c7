using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace HttpCaching.Origins.Servers;

/// <summary>The program of the Kestrel origins: the kind, the site and the port are its arguments.</summary>
internal static class KestrelOrigin
{
    public const string StaticFiles = "static";
    public const string Compression = "compression";
    public const string OutputCaching = "output-caching";
    public const string ForgetPath = "-/forget";

    private const string Tag = "site";

    public static async Task Main(string[] arguments)
    {
        var (kind, site, port) = (arguments[0], arguments[1], arguments[2]);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.Services.AddResponseCompression();
        builder.Services.AddOutputCache(options => options.AddBasePolicy(policy => policy.Expire(TimeSpan.FromHours(1)).Tag(Tag)));
        await using var app = builder.Build();
        if (kind == OutputCaching)
        {
            Cache(app, site);
        }
        else
        {
            Serve(app, site, compressed: kind == Compression);
        }

        await app.RunAsync();
    }

    private static void Serve(WebApplication app, string site, bool compressed)
    {
        if (compressed)
        {
            app.UseResponseCompression();
        }

        app.UseFileServer(new FileServerOptions
        {
            FileProvider = new PhysicalFileProvider(site),
            StaticFileOptions =
            {
                ServeUnknownFileTypes = true,
                OnPrepareResponse = context => context.Context.Response.Headers.CacheControl = compressed ? "max-age=3600" : default,
            },
        });
    }

    private static void Cache(WebApplication app, string site)
    {
        app.UseResponseCompression();
        app.UseOutputCache();
        app.MapDelete("/" + ForgetPath, async (IOutputCacheStore store, CancellationToken cancellation) => await store.EvictByTagAsync(Tag, cancellation));
        app.MapMethods("{**path}", ["GET", "HEAD"], (string path, HttpResponse response) =>
        {
            var file = new FileInfo(Path.Combine(site, path));
            if (Directory.Exists(file.FullName))
            {
                return Results.Redirect($"/{path}/index.html");
            }

            if (!file.Exists)
            {
                return Results.NotFound();
            }

            response.Headers.CacheControl = "max-age=3600";
            return Results.File(
                file.FullName,
                file.Extension is ".txt" or ".css" ? "text/plain" : "application/octet-stream",
                lastModified: file.LastWriteTimeUtc,
                entityTag: new EntityTagHeaderValue($"\"{file.LastWriteTimeUtc.Ticks:x}-{file.Length:x}\""),
                enableRangeProcessing: true);
        });
    }
}
