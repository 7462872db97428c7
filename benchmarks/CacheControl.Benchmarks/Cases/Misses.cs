using BenchmarkDotNet.Attributes;
using CacheControl.Benchmarks.Floors;

namespace CacheControl.Benchmarks.Cases;

/// <summary>F7 and what a request costs that the cache can't answer, over an origin that gives up the thread once.</summary>
[MemoryDiagnoser]
public class Misses
{
    private readonly HttpMessageInvoker _floor = new(new YieldingOrigin(new byte[1024], isStorable: true));
    private readonly Subject _unstored = Subject.Over(new YieldingOrigin(new byte[1024], isStorable: false));
    private readonly Subject _stored = Subject.Over(new YieldingOrigin(new byte[1024], isStorable: true));
    private readonly Subject _uncollapsed = Subject.Over(
        new YieldingOrigin(new byte[1024], isStorable: true), new HttpCacheOptions { CollapseRequests = false });

    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _next;

    [Benchmark(Baseline = true)]
    public Task Floor() => SendAsync(_floor);

    [Benchmark]
    public Task MissNotStored() => SendAsync(_unstored.Invoker);

    [Benchmark]
    public Task MissStored() => SendAsync(_stored.Invoker);

    /// <summary>What collapsing costs a request that nobody joins is the difference to this.</summary>
    [Benchmark]
    public Task MissStoredUncollapsed() => SendAsync(_uncollapsed.Invoker);

    [GlobalCleanup]
    public void Cleanup()
    {
        _unstored.Dispose();
        _stored.Dispose();
        _uncollapsed.Dispose();
    }

    /// <summary>Every call asks for another URL.</summary>
    private async Task SendAsync(HttpMessageInvoker invoker)
    {
        using var request = Subject.Get($"https://api.example.com/v1/catalogue/products/{_next++:D8}/detail");
        using var response = await invoker.SendAsync(request, CancellationToken.None);
        using var stream = await response.Content.ReadAsStreamAsync();
        while (await stream.ReadAsync(_buffer) > 0)
        {
        }
    }
}
