using System.Diagnostics;
using System.Globalization;
using HttpCaching.StressHost.Scale;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HttpCaching.Redis.Tests.Scale;

/// <summary>An origin of resources that have versions. Counts the requests for each; PUT makes a new version, and so does <see cref="Change"/>.</summary>
internal sealed class VersionedOrigin : IAsyncDisposable
{
    // As far away as a machine in the same country.
    private static readonly TimeSpan Distance = TimeSpan.FromMilliseconds(5);

    private readonly WebApplication _app;
    private readonly VersionTable _versions;
    private readonly int[] _current;
    private readonly int[] _gets;

    private VersionedOrigin(WebApplication app, int resources, string directory)
    {
        _app = app;
        _current = new int[resources];
        _gets = new int[resources];
        _versions = new VersionTable(Path.Combine(directory, "versions"), resources);
        for (var i = 0; i < resources; i++)
        {
            _versions[i, 0] = Stopwatch.GetTimestamp();
        }
    }

    public Uri Address => new(_app.Urls.First());

    public string Versions => _versions.Path;

    /// <summary>The freshness lifetime of responses.</summary>
    public TimeSpan MaxAge { get; init; }

    /// <summary>How many GET requests there were.</summary>
    public int Gets => _gets.Sum();

    public static async Task<VersionedOrigin> StartAsync(int resources, string directory, TimeSpan maxAge)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var origin = new VersionedOrigin(app, resources, directory) { MaxAge = maxAge };
        app.Run(origin.AnswerAsync);
        await app.StartAsync();
        return origin;
    }

    /// <summary>How many GET requests there were for each resource so far.</summary>
    public int[] GetsOfEach() => [.. _gets];

    /// <summary>Makes a new version, which nobody is told of.</summary>
    /// <returns>Its number; 0 if there can be no more of them.</returns>
    public int Change(int resource)
    {
        lock (_current)
        {
            if (_current[resource] + 1 >= VersionTable.Versions)
            {
                return 0;
            }

            _versions[resource, ++_current[resource]] = Stopwatch.GetTimestamp();
            return _current[resource];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _versions.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (path == "/warm")
        {
            await context.Response.WriteAsync("warm");
            return;
        }

        var resource = int.Parse(path.AsSpan("/k/".Length), CultureInfo.InvariantCulture);
        if (context.Request.Method == "PUT")
        {
            context.Response.Headers["X-Version"] = Change(resource).ToString(CultureInfo.InvariantCulture);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        Interlocked.Increment(ref _gets[resource]);
        await Task.Delay(Distance);
        int version;
        lock (_current)
        {
            version = _current[resource];
        }

        context.Response.Headers.CacheControl = string.Create(CultureInfo.InvariantCulture, $"max-age={MaxAge.TotalSeconds:0}");
        var body = LoadBody.Create(resource, version);
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body);
    }
}
