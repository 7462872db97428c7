using System.Buffers;
using System.Diagnostics;
using HttpCaching.Benchmarks.Cases;
using HttpCaching.Benchmarks.Quick;
using HttpCaching.Storage.Files;
using static HttpCaching.Benchmarks.Stores.StoresReport;

namespace HttpCaching.Benchmarks.Stores;

/// <summary>
/// How the cost of one operation grows with the number of entries, what opening a store of that size costs, and what an open one holds in memory. The keys that
/// are asked for are as many at each size, and are read once before they are timed: what the store does is told apart from what the file system does at the first touch of
/// a file, of which there is a line of its own.
/// </summary>
internal static class GrowthReport
{
    private const int Least = 1000;
    private const int Asked = 500;
    private const int BodyBytes = 256;
    private const int Rounds = 7;
    private const int Writers = 4;

    public static void Print(TextWriter output, int most)
    {
        using var small = new FileStoreSubject();
        using var subject = new FileStoreSubject();
        Fill(small.Directory, 0, Least);
        Compare(small.Directory, small.Directory, Least);
        var filled = 0;
        for (var size = 10 * Least; size <= most; size *= 10)
        {
            Fill(subject.Directory, filled, size);
            filled = size;
            var (open, held) = Open(subject.Directory, size);
            foreach (var (name, ratio, floor) in Compare(small.Directory, subject.Directory, size))
            {
                Row(output, $"{size} keys against {Least}: {name}", name.Contains(',', StringComparison.Ordinal) ? "-" : "flat within 1.5", Text(ratio), string.Empty, Text(floor, 0));
            }

            Row(output, $"{size} keys: opened and first read, ms", "< 1000", Text(open.TotalMilliseconds, 1));
            Row(output, $"{size} keys: held by the open store, B a key", "near 0", Text(held / (double)size, 3));
            using var listed = FileStoreSubject.Open(subject.Directory, openRecords: 0);
            var (count, mebibytes) = Listing.Measure(listed);
            Row(output, $"{size} keys: {count} listed, MiB at most", "< 64", Text(mebibytes, 1));
        }
    }

    /// <summary>Puts records where the store would have put them, without its locks: a million through the front door would take as long as all else.</summary>
    private static void Fill(string directory, int from, int to)
    {
        using var store = new StoreDirectory(directory, new FileHttpCacheStoreOptions().ToSettings());
        var seal = new FileSeal.Checksums();
        var body = new byte[BodyBytes];
        var bytes = new long[FileLayout.Shards];
        var records = new int[FileLayout.Shards];
        for (var shard = 0; shard < FileLayout.Shards; shard++)
        {
            FileModes.CreateDirectory(FilePlace.ShardDirectory(store.Root, shard));
        }

        Parallel.For(from, to, new ParallelOptions { MaxDegreeOfParallelism = Writers }, number =>
        {
            var key = FileStoreSubject.Key(number);
            var head = FileStoreSubject.Head(key, BodyBytes, number);
            var encoded = new ArrayBufferWriter<byte>();
            StoredHeadFormat.Write(encoded, key, head);
            var place = FilePlace.Of(store.Root, key, seal);
            var part = new RecordPart(head, encoded.WrittenMemory, body, null);
            using var image = KeyRecord.Encode(seal, [part]);
            image.WriteTo(place.RecordPath, new UseStamp(DateTime.UtcNow, 0), replaces: false, flush: false);
            Interlocked.Add(ref bytes[place.Shard], FileLayout.OnDisk(image.Length));
            Interlocked.Increment(ref records[place.Shard]);
        });
        for (var shard = 0; shard < FileLayout.Shards; shard++)
        {
            using var locked = store.LockAsync(shard, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            var before = locked.State.ReadUsage(shard);
            locked.SetUsage(before.Bytes + bytes[shard], before.Records + records[shard]);
        }
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

    /// <summary>What a read, a write and a refresh cost in the grown store against the small one: the median of some rounds, in each of which both are asked.</summary>
    private static IEnumerable<(string Name, double Ratio, double Nanoseconds)> Compare(string small, string grown, int size)
    {
        using var one = FileStoreSubject.Open(small, openRecords: 0);
        using var other = FileStoreSubject.Open(grown, openRecords: 0);
        var results = new List<(string, double, double)>();
        foreach (var (name, isTouched, operation) in Operations())
        {
            var (floors, costs) = (new double[Rounds], new double[Rounds]);
            for (var round = -1; round < Rounds; round++)
            {
                // Other keys for each operation: none is to find what the one before it has touched.
                var seed = (results.Count * Rounds) + round;
                var floor = Time(operation, one, Least, seed, isTouched);
                var cost = Time(operation, other, size, seed, isTouched);

                // The first round compiles.
                if (round >= 0)
                {
                    (floors[round], costs[round]) = (floor, cost);
                }
            }

            results.Add((name, QuickResult.MedianOver(Rounds, round => costs[round] / floors[round]), QuickResult.MedianOver(Rounds, round => floors[round])));
        }

        return results;
    }

    private static (string Name, bool IsTouched, Action<FileHttpCacheStore, CacheKey> Operation)[] Operations()
    {
        var (buffer, body) = (new byte[BodyBytes], new byte[BodyBytes]);
        return
        [
            ("read, first touch of the file", false, (store, key) => FileStoreSubject.Get(store, key, buffer)),
            ("read", true, (store, key) => FileStoreSubject.Get(store, key, buffer)),
            ("write", true, (store, key) => FileStoreSubject.PutAsync(store, key, body).GetAwaiter().GetResult()),
            ("refresh", true, (store, key) => FileStoreSubject.RefreshAsync(store, key).GetAwaiter().GetResult()),
        ];
    }

    private static double Time(Action<FileHttpCacheStore, CacheKey> operation, FileHttpCacheStore store, int size, int seed, bool isTouched)
    {
        var keys = Numbers(size, seed).Select(FileStoreSubject.Key).ToArray();
        if (isTouched)
        {
            var buffer = new byte[BodyBytes];
            Array.ForEach(keys, key => FileStoreSubject.Get(store, key, buffer));
        }

        var start = Environment.CpuUsage.TotalTime;
        Array.ForEach(keys, key => operation(store, key));
        return (Environment.CpuUsage.TotalTime - start).TotalNanoseconds / Asked;
    }

    private static int[] Numbers(int size, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Asked).Select(_ => random.Next(size))];
    }
}
