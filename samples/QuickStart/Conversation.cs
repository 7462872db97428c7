using System.Collections.Concurrent;
using System.Diagnostics;
using HttpCaching;
using Microsoft.Extensions.DependencyInjection;

namespace QuickStart;

/// <summary>A client with a cache, set up as in the README, and an ear on the wire below it.</summary>
public sealed class Conversation : IAsyncDisposable
{
    private const string ClientName = "quickstart";

    private readonly ServiceProvider _services;
    private readonly ConcurrentQueue<WireExchange> _exchanges = new();

    /// <summary>Sets the client up.</summary>
    /// <param name="time">The clock of the cache.</param>
    /// <param name="configure">The options.</param>
    public Conversation(TimeProvider time, Action<HttpCacheOptions> configure)
    {
        var services = new ServiceCollection();
        services.AddSingleton(time);
        services.AddHttpClient(ClientName)
            .AddHttpCaching(configure)
            .AddHttpMessageHandler(() => new Wire(_exchanges));
        _services = services.BuildServiceProvider();
        Client = _services.GetRequiredService<IHttpClientFactory>().CreateClient(ClientName);
        Cache = _services.GetRequiredKeyedService<IHttpCache>(ClientName);
    }

    /// <summary>The client.</summary>
    public HttpClient Client { get; }

    /// <summary>Its cache.</summary>
    public IHttpCache Cache { get; }

    /// <summary>Runs one step.</summary>
    /// <param name="step">The step.</param>
    public async Task<StepResult> RunAsync(Step step)
    {
        _exchanges.Clear();
        var start = Stopwatch.GetTimestamp();
        try
        {
            using var response = await step.SendAsync();
            var body = await response.Content.ReadAsByteArrayAsync();
            var time = Stopwatch.GetElapsedTime(start);
            var status = response.GetCacheStatus();
            var wire = _exchanges.ToArray();
            var saved = status is { FromCache: true } ? Math.Max(0, body.Length - wire.Sum(exchange => exchange.BodyBytes)) : 0;
            return new StepResult(step, (int)response.StatusCode, System.Text.Encoding.UTF8.GetString(body), status, wire, time, saved, null);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or TimeoutException)
        {
            return new StepResult(step, 0, string.Empty, null, [.. _exchanges], Stopwatch.GetElapsedTime(start), 0, exception.Message);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _services.DisposeAsync();
    }
}
