using BenchmarkDotNet.Attributes;
using HttpCaching.Benchmarks.Floors;

namespace HttpCaching.Benchmarks.Cases;

/// <summary>F2 and its hits: the body is read to its end as a stream, into a buffer of 64 KiB.</summary>
[MemoryDiagnoser]
public class BodyHits
{
    private readonly HttpRequestMessage _request = Subject.Get(Subject.ShortUrl);
    // Above 85,000 bytes, to lie apart from the body: some processors copy up to ten times slower between addresses that are alike in their lower twelve bits.
    private readonly byte[] _buffer = new byte[(64 * 1024) + (32 * 1024)];
    private HttpMessageInvoker _floor = null!;
    private Subject _hit = null!;

    /// <summary>The length of the body.</summary>
    [Params(1024, 64 * 1024, 1024 * 1024)]
    public int Bytes { get; set; } = 1024;

    [GlobalSetup]
    public void Setup()
    {
        _floor = FloorHandler.Invoker(Bytes);
        _hit = Subject.Holding(_request, Bytes);
    }

    [Benchmark(Baseline = true)]
    public int Floor() => Subject.SendAndRead(_floor, _request, _buffer);

    [Benchmark]
    public int Hit() => Subject.SendAndRead(_hit.Invoker, _request, _buffer);

    /// <summary>The floor's response alone, to tell the body's share from the response's.</summary>
    public int FloorUnread() => Subject.Send(_floor, _request);

    /// <summary>The hit alone.</summary>
    public int HitUnread() => Subject.Send(_hit.Invoker, _request);

    [GlobalCleanup]
    public void Cleanup() => _hit.Dispose();
}
