using BenchmarkDotNet.Attributes;
using HttpCaching.Benchmarks.Floors;

namespace HttpCaching.Benchmarks.Cases;

/// <summary>A thousand requests for the same thing at once, each read to its end: collapsed, and each by itself.</summary>
[MemoryDiagnoser]
public class JoinedMisses
{
    private const int Callers = 1000;

    private readonly Subject _collapsed = Subject.Over(new YieldingOrigin(new byte[1024], isStorable: true));
    private readonly Subject _uncollapsed = Subject.Over(
        new YieldingOrigin(new byte[1024], isStorable: true), new HttpCacheOptions { CollapseRequests = false });

    private readonly Task[] _callers = new Task[Callers];
    private int _next;

    [Benchmark(Baseline = true, OperationsPerInvoke = Callers)]
    public Task EachByItself() => SendAllAsync(_uncollapsed.Invoker);

    [Benchmark(OperationsPerInvoke = Callers)]
    public Task Collapsed() => SendAllAsync(_collapsed.Invoker);

    [GlobalCleanup]
    public void Cleanup()
    {
        _collapsed.Dispose();
        _uncollapsed.Dispose();
    }

    private Task SendAllAsync(HttpMessageInvoker invoker)
    {
        var url = $"https://api.example.com/v1/catalogue/products/{_next++:D8}/detail";
        for (var i = 0; i < Callers; i++)
        {
            _callers[i] = SendAsync(invoker, url);
        }

        return Task.WhenAll(_callers);
    }

    private static async Task SendAsync(HttpMessageInvoker invoker, string url)
    {
        using var request = Subject.Get(url);
        using var response = await invoker.SendAsync(request, CancellationToken.None);
        await response.Content.CopyToAsync(Stream.Null);
    }
}
