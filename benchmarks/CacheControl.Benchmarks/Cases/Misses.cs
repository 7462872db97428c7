using BenchmarkDotNet.Attributes;
using HttpCaching.Benchmarks.Floors;

namespace HttpCaching.Benchmarks.Cases;

/// <summary>F7 and what a request costs that the cache can't answer, over an origin that gives up the thread once.</summary>
[MemoryDiagnoser]
public class Misses
{
    private readonly HttpMessageInvoker _floor = new(new YieldingOrigin(new byte[1024], isStorable: true));
    private readonly Subject _unstored = Subject.Over(new YieldingOrigin(new byte[1024], isStorable: false));
    private readonly Subject _stored = Subject.Over(new YieldingOrigin(new byte[1024], isStorable: true));
    private readonly Subject _validated = Subject.Over(new ValidatingOrigin());
    private readonly Subject _uncollapsed = Subject.Over(
        new YieldingOrigin(new byte[1024], isStorable: true), new HttpCacheOptions { CollapseRequests = false });

    private readonly Subject _atOnce = Subject.Over(new PromptOrigin());
    private readonly Subject _atOnceUncollapsed = Subject.Over(new PromptOrigin(), new HttpCacheOptions { CollapseRequests = false });

    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _next;

    [Benchmark(Baseline = true)]
    public Task Floor() => SendAsync(_floor);

    [Benchmark]
    public Task MissNotStored() => SendAsync(_unstored.Invoker);

    [Benchmark]
    public Task MissStored() => SendAsync(_stored.Invoker);

    /// <summary>A stored response that is validated at each request, and found to be good.</summary>
    [Benchmark]
    public Task Validation() => SendAsync(_validated.Invoker, Subject.ShortUrl);

    /// <summary>What collapsing costs a request that nobody joins is the difference to this.</summary>
    [Benchmark]
    public Task MissStoredUncollapsed() => SendAsync(_uncollapsed.Invoker);

    /// <summary>The same two over an origin that answers at once.</summary>
    public Task MissAtOnce() => SendAsync(_atOnce.Invoker);

    public Task MissAtOnceUncollapsed() => SendAsync(_atOnceUncollapsed.Invoker);

    [GlobalCleanup]
    public void Cleanup()
    {
        _unstored.Dispose();
        _stored.Dispose();
        _validated.Dispose();
        _uncollapsed.Dispose();
        _atOnce.Dispose();
        _atOnceUncollapsed.Dispose();
    }

    /// <summary>Every call asks for another URL.</summary>
    private Task SendAsync(HttpMessageInvoker invoker) => SendAsync(invoker, $"https://api.example.com/v1/catalogue/products/{_next++:D8}/detail");

    private async Task SendAsync(HttpMessageInvoker invoker, string url)
    {
        using var request = Subject.Get(url);
        using var response = await invoker.SendAsync(request, CancellationToken.None);
        using var stream = await response.Content.ReadAsStreamAsync();
        while (await stream.ReadAsync(_buffer) > 0)
        {
        }
    }

    /// <summary>Gives the response once, and confirms it from then on.</summary>
    private sealed class ValidatingOrigin : HttpMessageHandler
    {
        private static readonly byte[] Body = new byte[1024];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Yield();
            var response = SampleResponse.MakeStorable(request, Body, varies: false);
            response.Headers.Remove("Cache-Control");
            response.Headers.TryAddWithoutValidation("Cache-Control", "no-cache");
            if (request.Headers.NonValidated.Contains("If-None-Match"))
            {
                (response.StatusCode, response.Content) = (System.Net.HttpStatusCode.NotModified, null);
            }

            return response;
        }
    }

    private sealed class PromptOrigin : HttpMessageHandler
    {
        private static readonly byte[] Body = new byte[1024];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(SampleResponse.MakeStorable(request, Body, varies: false));
    }
}
