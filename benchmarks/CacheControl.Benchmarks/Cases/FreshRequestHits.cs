using BenchmarkDotNet.Attributes;
using HttpCaching.Benchmarks.Floors;

namespace HttpCaching.Benchmarks.Cases;

/// <summary>F1f and its hits: each call makes a request of its own from a string, as most callers do.</summary>
[MemoryDiagnoser]
public class FreshRequestHits
{
    private readonly HttpMessageInvoker _floor = FloorHandler.Invoker(1024);
    private Subject _hit = null!;

    /// <summary>The length of the URL in characters.</summary>
    [Params(59, 214)]
    public int UrlLength { get; set; } = 59;

    private string Url => UrlLength == 59 ? Subject.ShortUrl : Subject.LongUrl;

    [GlobalSetup]
    public void Setup() => _hit = Subject.Holding(Subject.Get(Url), 1024);

    [Benchmark(Baseline = true)]
    public int Floor()
    {
        using var request = Subject.Get(Url);
        return Subject.Send(_floor, request);
    }

    [Benchmark]
    public int Hit()
    {
        using var request = Subject.Get(Url);
        return Subject.Send(_hit.Invoker, request);
    }

    [GlobalCleanup]
    public void Cleanup() => _hit.Dispose();
}
