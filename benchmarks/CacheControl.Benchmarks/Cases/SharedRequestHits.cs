using BenchmarkDotNet.Attributes;
using HttpCaching.Benchmarks.Floors;

namespace HttpCaching.Benchmarks.Cases;

/// <summary>F1 and the hits that are measured against it: a request that is sent again and again, the body not read.</summary>
[MemoryDiagnoser]
public class SharedRequestHits
{
    private readonly HttpRequestMessage _plain = Subject.Get(Subject.ShortUrl);
    private readonly HttpRequestMessage _withFields = Subject.GetWithFields(Subject.ShortUrl);
    private readonly HttpMessageInvoker _floor = FloorHandler.Invoker(1024);
    private Subject _hit = null!;
    private Subject _varying = null!;

    [GlobalSetup]
    public void Setup()
    {
        _hit = Subject.Holding(_plain, 1024);
        _varying = Subject.Holding(_withFields, 1024, varies: true);
    }

    [Benchmark(Baseline = true)]
    public int Floor() => Subject.Send(_floor, _plain);

    [Benchmark]
    public int Hit() => Subject.Send(_hit.Invoker, _plain);

    [Benchmark]
    public int HitWithThreeRequestFields() => Subject.Send(_hit.Invoker, _withFields);

    [Benchmark]
    public int HitWithVaryOnTwo() => Subject.Send(_varying.Invoker, _withFields);

    [GlobalCleanup]
    public void Cleanup()
    {
        _hit.Dispose();
        _varying.Dispose();
    }
}
