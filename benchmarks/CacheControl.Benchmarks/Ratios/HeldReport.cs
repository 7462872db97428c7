using HttpCaching.Benchmarks.Cases;
using HttpCaching.Benchmarks.Floors;

namespace HttpCaching.Benchmarks.Ratios;

/// <summary>The bytes that the memory store holds for a response of 1 KiB and ten fields.</summary>
internal static class HeldReport
{
    private const int Entries = 20_000;

    /// <summary>Measures: all responses are stored, none has been a hit.</summary>
    public static void Measure(RatioTable table)
    {
        var body = new byte[1024];
        using var store = new MemoryHttpCacheStore(new() { MaximumBytes = 1L << 30 });
        using var cache = new HttpCache(store);
        using var invoker = new HttpMessageInvoker(new CachingHandler(cache) { InnerHandler = new YieldingOrigin(body, isStorable: true) });
        var buffer = new byte[4096];
        Store(0, 1000);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        Store(1000, Entries);
        table.Add(RatioRow.Of("bytes held for an entry of 1 KiB", (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Entries, "by the collector, after a full collection"));
        GC.KeepAlive(store);

        void Store(int first, int count)
        {
            for (var i = first; i < first + count; i++)
            {
                using var request = Subject.Get($"https://api.example.com/v1/catalogue/products/{i:D8}/detail");
                Subject.SendAndRead(invoker, request, buffer);
            }
        }
    }
}
