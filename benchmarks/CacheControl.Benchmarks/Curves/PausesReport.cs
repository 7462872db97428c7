using System.Diagnostics;
using System.Globalization;
using HttpCaching.Benchmarks.Cases;

namespace HttpCaching.Benchmarks.Curves;

/// <summary>The share of the time that the collector stops everything for, under a load that asks for few responses often and for many of them hardly ever, over a full store.</summary>
internal static class PausesReport
{
    private const int Urls = 400_000;
    private const long Limit = 128L << 20;
    private const int Callers = 4;

    // Of all callers together; the other load is as much as the processors can do.
    private const int Paced = 10_000;

    public static void Print(TextWriter output, TimeSpan duration)
    {
        Print(output, duration, Paced);
        Print(output, duration, int.MaxValue);
    }

    private static void Print(TextWriter output, TimeSpan duration, int perSecond)
    {
        using var store = new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { MaximumBytes = Limit });
        using var cache = new HttpCache(store);
        using var invoker = new HttpMessageInvoker(new CachingHandler(cache) { InnerHandler = new NumberedOrigin(new byte[64], fields: 10, varies: false) });
        var ranks = Cumulative();
        Load(invoker, ranks, TimeSpan.FromSeconds(10), int.MaxValue);
        var before = cache.GetStatisticsAsync(default).GetAwaiter().GetResult();
        var (pauses, full, clock) = (GC.GetTotalPauseDuration(), GC.CollectionCount(2), Stopwatch.GetTimestamp());
        Load(invoker, ranks, duration, perSecond);
        var elapsed = Stopwatch.GetElapsedTime(clock);
        var after = cache.GetStatisticsAsync(default).GetAwaiter().GetResult();
        var hits = after.Hits - before.Hits;
        var requests = hits + after.Misses - before.Misses;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            {Urls:N0} URLs by Zipf's law, {Callers} callers, {Limit >> 20} MiB, {elapsed.TotalSeconds:F0} s
            requests a second                        {requests / elapsed.TotalSeconds:N0}
            hit ratio                                {hits / (double)requests:P1}
            entries stored                           {store.Count:N0}
            time in pauses of the collector          {(GC.GetTotalPauseDuration() - pauses) / elapsed:P2}
            full collections                         {GC.CollectionCount(2) - full}, of them in the background {(GC.GetGCMemoryInfo(GCKind.Background).Index > 0 ? "some" : "none")}
            """));
    }

    private static void Load(HttpMessageInvoker invoker, double[] ranks, TimeSpan duration, int perSecond) => Task.WaitAll([.. Enumerable.Range(0, Callers).Select(caller => Task.Run(() =>
    {
        var (random, buffer, start) = (new Random(caller), new byte[256], Stopwatch.GetTimestamp());
        for (var sent = 0L; Stopwatch.GetElapsedTime(start) < duration; sent++)
        {
            while (sent * Callers > Stopwatch.GetElapsedTime(start).TotalSeconds * perSecond)
            {
                Thread.Sleep(1);
            }

            var number = Array.BinarySearch(ranks, random.NextDouble() * ranks[^1]);
            using var request = Subject.Get($"https://api.example.com/v1/catalogue/products/{Math.Abs(number):D8}/detail");
            Subject.SendAndRead(invoker, request, buffer);
        }
    }))]);

    private static double[] Cumulative()
    {
        var sums = new double[Urls];
        var sum = 0.0;
        for (var i = 0; i < Urls; i++)
        {
            sums[i] = sum += 1.0 / (i + 1);
        }

        return sums;
    }
}
