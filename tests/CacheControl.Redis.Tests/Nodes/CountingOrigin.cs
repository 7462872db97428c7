using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HttpCaching.Redis.Tests.Nodes;

/// <summary>An origin on a loopback port that counts requests, and answers when the test lets it.</summary>
internal sealed class CountingOrigin : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, int> _requests = new();

    private CountingOrigin(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    /// <summary>What a request waits for.</summary>
    public Func<string, Task> Gate { get; set; } = static _ => Task.CompletedTask;

    /// <summary>The Cache-Control of responses.</summary>
    public string CacheControl { get; set; } = "max-age=600";

    public static async Task<CountingOrigin> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var origin = new CountingOrigin(app);
        app.Run(origin.AnswerAsync);
        await app.StartAsync();
        return origin;
    }

    /// <summary>How many requests there were for one path.</summary>
    public int CountOf(string path) => _requests.GetValueOrDefault(path);

    /// <summary>How many requests there were, without those that warm up.</summary>
    public int Count => _requests.Where(r => r.Key != "/warm").Sum(r => r.Value);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        _requests.AddOrUpdate(path, 1, (_, count) => count + 1);
        await Gate(path);
        context.Response.Headers.CacheControl = CacheControl;
        await context.Response.WriteAsync("body of " + path);
    }
}
