using System.Net;
using HttpCaching.Tests.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace HttpCaching.Tests.Pipeline;

/// <summary>Beside the platform's own resilience handlers, above and below the cache.</summary>
public sealed class ResilienceTests
{
    [Fact]
    [Trait("Spec", "HTC-10")]
    public async Task RetryAboveTheCache_AfterAFailedValidation_SendsNoConditionOfOurs()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UtcNow);
        var seen = new List<string>();
        await using var site = await LoopbackServer.StartAsync(async context =>
        {
            seen.Add(context.Request.Headers.IfNoneMatch.ToString());
            context.Response.StatusCode = seen.Count == 2 ? 503 : 200;
            context.Response.Headers.CacheControl = "max-age=60";
            context.Response.Headers.ETag = $"\"v{seen.Count}\"";
            await context.Response.Body.WriteAsync("body"u8.ToArray());
        });
        using var cache = new HttpCache(timeProvider: time);
        using var client = ClientWithRetry(cache, above: true);
        await client.GetStringAsync(site.Address);
        time.Advance(TimeSpan.FromSeconds(61));

        using var request = new HttpRequestMessage(HttpMethod.Get, site.Address);
        using var response = await client.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        request.Headers.NonValidated.Contains("If-None-Match").Should().BeFalse();
        seen.Should().Equal(string.Empty, "\"v1\"", "\"v1\"");
    }

    [Fact]
    public async Task RetryBelowTheCache_FlakyOrigin_GivesOneStoredResponse()
    {
        var count = 0;
        await using var site = await LoopbackServer.StartAsync(async context =>
        {
            context.Response.StatusCode = Interlocked.Increment(ref count) < 3 ? 503 : 200;
            context.Response.Headers.CacheControl = "max-age=60";
            await context.Response.Body.WriteAsync("body"u8.ToArray());
        });
        using var cache = new HttpCache();
        using var client = ClientWithRetry(cache, above: false);

        (await client.GetStringAsync(site.Address)).Should().Be("body");
        (await client.GetStringAsync(site.Address)).Should().Be("body");

        count.Should().Be(3);
    }

    [Fact]
    public async Task HedgingAboveTheCache_TwoRequestsAtOnce_BothHaveWholeBodies()
    {
        var gate = new TaskCompletionSource();
        var count = 0;
        await using var site = await LoopbackServer.StartAsync(async context =>
        {
            if (Interlocked.Increment(ref count) == 1)
            {
                await Task.WhenAny(gate.Task, Task.Delay(Timeout.Infinite, context.RequestAborted));
            }

            context.Response.Headers.CacheControl = "max-age=60";
            await context.Response.Body.WriteAsync("body"u8.ToArray());
        });
        var services = new ServiceCollection();
        var builder = services.AddHttpClient("x");
        builder.AddStandardHedgingHandler().Configure(o => o.Hedging.Delay = TimeSpan.FromMilliseconds(1));
        builder.AddHttpCaching(o => ConfigureNoCollapsing(o));
        await using var provider = services.BuildServiceProvider();

        var body = await provider.GetRequiredService<IHttpClientFactory>().CreateClient("x").GetStringAsync(site.Address);
        gate.TrySetResult();

        body.Should().Be("body");
    }

    // A hedge is meant to reach the origin a second time.
    private static void ConfigureNoCollapsing(HttpCacheOptions options) =>
        typeof(HttpCacheOptions).GetProperty("CollapseRequests")?.SetValue(options, false);

    private static HttpClient ClientWithRetry(HttpCache cache, bool above)
    {
        var retry = new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddRetry(new HttpRetryStrategyOptions { MaxRetryAttempts = 3, Delay = TimeSpan.Zero, UseJitter = false })
            .Build();
        var primary = new SocketsHttpHandler();
        return above
            ? new HttpClient(new ResilienceHandler(retry) { InnerHandler = new CachingHandler(cache) { InnerHandler = primary } })
            : new HttpClient(new CachingHandler(cache) { InnerHandler = new ResilienceHandler(retry) { InnerHandler = primary } });
    }
}
