using BenchmarkDotNet.Attributes;
using HttpCaching.Control.Flights;
using HttpCaching.Control.Time;

namespace HttpCaching.Benchmarks.Cases;

/// <summary>
/// Joining and leaving a flight that nobody else joins, and nothing but that: the origin's part is to give up the thread once (F7 without a message), or to
/// answer at once. A whole miss takes twenty times as long as what is looked for here, so that it can't be found in the difference of two.
/// </summary>
[MemoryDiagnoser]
public class Flights
{
    private readonly RequestCollapser _flights = new(
        new CollapseSettings(), CacheClock.OfSystem(), Dispatch.OfPool);

    private readonly string[] _urls = [.. Enumerable.Range(0, 4096).Select(i => $"https://api.example.com/v1/catalogue/products/{i:D8}/detail")];
    private int _next;

    [Benchmark(Baseline = true)]
    public async Task<int> Direct()
    {
        var key = Next();
        await Task.Yield();
        return key.Uri.Length;
    }

    [Benchmark]
    public async Task<int> Flown()
    {
        var key = Next();
        var flight = Begin(key);
        await Task.Yield();
        return End(flight, key);
    }

    [Benchmark]
    public int DirectAtOnce() => Next().Uri.Length;

    [Benchmark]
    public int FlownAtOnce()
    {
        var key = Next();
        return End(Begin(key), key);
    }

    /// <summary>What a response does to its flight that arrives whole: it is noted as stored, the wait for it ends, and nobody finds it any more.</summary>
    private int End(Flight flight, CacheKey key)
    {
        _flights.Mark(flight);
        _flights.Settle(flight, FlightResult.Refused.Instance);
        return key.Uri.Length;
    }

    /// <summary>A request whose key was asked for before, and that has looked into the store again as it is told to.</summary>
    private Flight Begin(CacheKey key)
    {
        _flights.Enter(new FlightKey(key), hasLookedAgain: true, out var flight);
        return flight!;
    }

    private CacheKey Next() => new(_urls[_next++ & (_urls.Length - 1)]);
}
