using System.Diagnostics;
using System.Globalization;
using HttpCaching.Benchmarks.Cases;
using HttpCaching.Benchmarks.Stores;

namespace HttpCaching.Benchmarks.Quick;

/// <summary>What the SQLite store costs: reads against opening a file, growth, opening, writes.</summary>
internal static class SqliteReport
{
    private const int Small = 1024;
    private const int Least = 1000;
    private const int WritesOfARound = 500;
    private const int WriteRounds = 11;
    private const long MostMapped = 0x7fff0000;

    /// <summary>Measures and prints.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="rounds">How many rounds.</param>
    /// <param name="largest">The number of entries up to which growth is measured.</param>
    public static void Print(TextWriter output, int rounds, int largest)
    {
        output.WriteLine($".NET {Environment.Version}, {Environment.ProcessorCount} cores, {rounds} rounds");
        foreach (var bytes in new[] { Small, 64 * Small })
        {
            foreach (var mapped in new[] { 0L, 1L << 30 })
            {
                foreach (var page in new[] { 4096, 16384 })
                {
                    Reads(output, rounds, bytes, mapped, page);
                }
            }
        }

        Writes(output);
        Growth(output, rounds, largest, mapped: 0);
        Growth(output, rounds, largest, mapped: MostMapped);
    }

    private static void Reads(TextWriter output, int rounds, int bytes, long mapped, int page)
    {
        using var cases = new SqliteReads { BodyBytes = bytes, MappedBytes = mapped, PageBytes = page };
        cases.Setup();
        var results = InterleavedRunner.Run([QuickCase.Of("F4f", cases.Floor), QuickCase.Of("read", cases.Read)], rounds);
        output.WriteLine(
            $"read {bytes / Small} KiB{(mapped > 0 ? ", mapped" : string.Empty),-8} pages of {page}: {Text(results[1].RatioTo(results[0]), 2)} x F4f"
            + $" ({Text(results[1].Median, 0)} ns, floor {Text(results[0].Median, 0)} ns), {Text(results[1].Bytes, 0)} B, floor {Text(results[0].Bytes, 0)} B");
    }

    private static void Writes(TextWriter output)
    {
        foreach (var (bytes, count) in new[] { (Small, 4000), (64 * Small, 1000) })
        {
            foreach (var parallel in new[] { 1, 64 })
            {
                using var file = new TemporaryStore(mapped: 0);
                var keys = Enumerable.Range(0, count).Select(SqliteReads.KeyOf).ToArray();
                SqliteReads.PutAsync(file.Store, [.. keys.Take(200)], bytes, parallel).GetAwaiter().GetResult();
                var clock = Stopwatch.StartNew();
                SqliteReads.PutAsync(file.Store, keys, bytes, parallel).GetAwaiter().GetResult();
                output.WriteLine($"writes of {bytes / Small} KiB, {parallel} at a time: {Text(count / clock.Elapsed.TotalSeconds, 0)}/s");
            }
        }
    }

    /// <summary>A file that grows beside one that stays small: at each size reads and writes all over both, round by round, how long it takes to open, and what is held.</summary>
    private static void Growth(TextWriter output, int rounds, int largest, long mapped)
    {
        using var small = new TemporaryStore(mapped);
        using var file = new TemporaryStore(mapped);
        output.WriteLine(mapped > 0 ? "growth, mapped" : "growth");
        Fill(small, 0, Least);
        var stored = 0;
        for (var size = Least; size <= largest; size *= 10)
        {
            Fill(file, stored, size);
            stored = size;

            // Both alike: what was written since a file was opened is read from other places than what was there before.
            small.Reopen();
            ReadAll(small, Least);
            file.Store.Dispose();
            var before = Held();
            var open = Stopwatch.StartNew();
            file.Reopen();
            var opened = open.Elapsed;
            Read(file, size / 2);
            var first = open.Elapsed;

            // What is measured is the work of a read, not the first touch of each page.
            ReadAll(file, size);
            var held = Held() - before;
            var random = new Random(1);
            var reads = InterleavedRunner.Run(
                [QuickCase.Of("small", () => Read(small, random.Next(Least))), QuickCase.Of("grown", () => Read(file, random.Next(size)))], rounds);
            var (floors, writes) = (new double[WriteRounds], new double[WriteRounds]);
            for (var round = 0; round < WriteRounds; round++)
            {
                floors[round] = Write(small, random, Least);
                writes[round] = Write(file, random, size);
            }

            var (listed, most) = Listing.Measure(file.Store);
            output.WriteLine(
                $"{size,9} entries against {Least}: read {Text(reads[1].RatioTo(reads[0]), 2)} x ({Text(reads[1].Median, 0)} ns),"
                + $" write {Text(QuickResult.MedianOver(WriteRounds, i => writes[i] / floors[i]), 2)} x ({Text(QuickResult.MedianOver(WriteRounds, i => writes[i]) / 1000, 0)} us of processor),"
                + $" opened in {Text(opened.TotalMilliseconds, 1)} ms, first read after {Text(first.TotalMilliseconds, 1)} ms, file {file.Length / 1024 / 1024} MiB,"
                + $" held by the open store once all was read {held / 1024} KiB ({Text((double)held / size, 2)} B an entry),"
                + $" {listed} listed with at most {Text(most, 1)} MiB");
        }
    }

    private static void Fill(TemporaryStore file, int from, int to) =>
        SqliteReads.PutAsync(file.Store, [.. Enumerable.Range(from, to - from).Select(SqliteReads.KeyOf)], 256, parallel: 256).GetAwaiter().GetResult();

    private static void ReadAll(TemporaryStore file, int size)
    {
        for (var i = 0; i < size; i++)
        {
            Read(file, i);
        }
    }

    private static int Read(TemporaryStore file, int number)
    {
        using var snapshot = file.Store.ReadAsync(SqliteReads.KeyOf(number), default).AsTask().Result;
        return snapshot.Responses.Length;
    }

    /// <summary>What one write takes of the processor, the store's own threads included.</summary>
    private static double Write(TemporaryStore file, Random random, int size)
    {
        var keys = Enumerable.Range(0, WritesOfARound).Select(_ => SqliteReads.KeyOf(random.Next(size))).ToArray();
        var start = Environment.CpuUsage.TotalTime;
        SqliteReads.PutAsync(file.Store, keys, 256, parallel: 1).GetAwaiter().GetResult();
        return (Environment.CpuUsage.TotalTime - start).TotalNanoseconds / keys.Length;
    }

    /// <summary>What the runtime and SQLite have taken from the system for what they hold.</summary>
    private static long Held() => GC.GetTotalMemory(forceFullCollection: true) + SQLitePCL.raw.sqlite3_memory_used();

    private static string Text(double value, int digits) => value.ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private sealed class TemporaryStore : IDisposable
    {
        private readonly string _directory = Directory.CreateTempSubdirectory("cache-control-bench").FullName;
        private readonly long _mapped;

        public TemporaryStore(long mapped)
        {
            _mapped = mapped;
            Store = Open();
        }

        public SqliteHttpCacheStore Store { get; private set; }

        public long Length => new FileInfo(Path.Join(_directory, "cache.db")).Length;

        public void Reopen()
        {
            Store.Dispose();
            Store = Open();
        }

        public void Dispose()
        {
            Store.Dispose();
            Directory.Delete(_directory, recursive: true);
        }

        private SqliteHttpCacheStore Open() => new(
            Path.Join(_directory, "cache.db"), new SqliteHttpCacheStoreOptions { MaximumBytes = 100L << 30, MaximumResponses = 100_000_000, MappedBytes = _mapped });
    }
}
