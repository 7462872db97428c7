using System.Diagnostics;
using CacheControl.Benchmarks.Cases;
using CacheControl.Benchmarks.Quick;
using CacheControl.Storage;
using static CacheControl.Benchmarks.Stores.StoresReport;

namespace CacheControl.Benchmarks.Stores;

/// <summary>
/// How the cost of one operation grows with the number of entries, what opening a store of that size costs, and what an open one holds in memory. The keys that
/// are asked for are as many at each size, so that the page cache has the same chance.
/// </summary>
internal static class GrowthReport
{
    private const int Asked = 500;
    private const int BodyBytes = 256;
    private const int Rounds = 5;
    private const int Writers = 4;

    public static void Print(TextWriter output, int most)
    {
        using var subject = new FileStoreSubject();
        var filled = 0;
        double[]? least = null;
        for (var size = 1000; size <= most; size *= 10)
        {
            Fill(subject.Directory, filled, size);
            filled = size;
            var (open, held) = Open(subject.Directory, size);
            var costs = Costs(subject.Directory, size);
            least ??= costs;
            Row(output, $"{size} keys: read", "flat within 1.5", Text(costs[0] / least[0]), string.Empty, Text(costs[0], 0));
            Row(output, $"{size} keys: write", "flat within 1.5", Text(costs[1] / least[1]), string.Empty, Text(costs[1], 0));
            Row(output, $"{size} keys: refresh", "flat within 1.5", Text(costs[2] / least[2]), string.Empty, Text(costs[2], 0));
            Row(output, $"{size} keys: opened and first read, ms", "< 1000", Text(open.TotalMilliseconds, 1));
            Row(output, $"{size} keys: held by the open store, B a key", "near 0", Text(held / (double)size, 3));
        }
    }

    private static void Fill(string directory, int from, int to)
    {
        using var store = FileStoreSubject.Open(directory, openRecords: 0);
        var body = new byte[BodyBytes];
        var next = from - 1;
        Task.WaitAll([.. Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) < to;)
            {
                await FileStoreSubject.PutAsync(store, FileStoreSubject.Key(i), body).ConfigureAwait(false);
            }
        }))]);
    }

    private static (TimeSpan Time, long HeldBytes) Open(string directory, int size)
    {
        var buffer = new byte[BodyBytes];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var start = Stopwatch.GetTimestamp();
        using var store = FileStoreSubject.Open(directory, openRecords: 256);
        FileStoreSubject.Get(store, FileStoreSubject.Key(size / 2), buffer);
        var time = Stopwatch.GetElapsedTime(start);
        foreach (var number in Numbers(size, 0))
        {
            FileStoreSubject.Get(store, FileStoreSubject.Key(number), buffer);
        }

        return (time, GC.GetTotalMemory(forceFullCollection: true) - before);
    }

    /// <summary>Nanoseconds of processor time of a read, a write and a refresh: the median of some rounds.</summary>
    private static double[] Costs(string directory, int size)
    {
        using var store = FileStoreSubject.Open(directory, openRecords: 0);
        var buffer = new byte[BodyBytes];
        var body = new byte[BodyBytes];
        var times = new List<double>[] { [], [], [] };
        for (var round = 0; round <= Rounds; round++)
        {
            var keys = Numbers(size, round).Select(FileStoreSubject.Key).ToArray();
            double[] costs =
            [
                Time(() => Array.ForEach(keys, key => FileStoreSubject.Get(store, key, buffer))),
                Time(() => Array.ForEach(keys, key => FileStoreSubject.PutAsync(store, key, body).GetAwaiter().GetResult())),
                Time(() => Array.ForEach(keys, key => FileStoreSubject.RefreshAsync(store, key).GetAwaiter().GetResult())),
            ];

            // The first round compiles.
            for (var i = 0; i < costs.Length && round > 0; i++)
            {
                times[i].Add(costs[i]);
            }
        }

        return [.. times.Select(time => QuickResult.MedianOver(Rounds, round => time[round]))];
    }

    private static double Time(Action work)
    {
        var start = Environment.CpuUsage.TotalTime;
        work();
        return (Environment.CpuUsage.TotalTime - start).TotalNanoseconds / Asked;
    }

    private static int[] Numbers(int size, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Asked).Select(_ => random.Next(size))];
    }
}
