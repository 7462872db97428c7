using System.Diagnostics;
using System.Globalization;
using CacheControl.Benchmarks.Cases;
using CacheControl.Storage;

namespace CacheControl.Benchmarks.Quick;

/// <summary>What the SQLite store costs: reads against opening a file, growth, opening, writes.</summary>
internal static class SqliteReport
{
    private const int Small = 1024;

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
        Growth(output, rounds, largest);
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
                using var file = new TemporaryStore();
                var keys = Enumerable.Range(0, count).Select(SqliteReads.KeyOf).ToArray();
                SqliteReads.PutAsync(file.Store, [.. keys.Take(200)], bytes, parallel).GetAwaiter().GetResult();
                var clock = Stopwatch.StartNew();
                SqliteReads.PutAsync(file.Store, keys, bytes, parallel).GetAwaiter().GetResult();
                output.WriteLine($"writes of {bytes / Small} KiB, {parallel} at a time: {Text(count / clock.Elapsed.TotalSeconds, 0)}/s");
            }
        }
    }

    /// <summary>One file that grows: at each size, reads of keys all over it, writes, and how long it takes to open.</summary>
    private static void Growth(TextWriter output, int rounds, int largest)
    {
        using var file = new TemporaryStore();
        var stored = 0;
        double? firstRead = null;
        double? firstWrite = null;
        for (var size = 1000; size <= largest; size *= 10)
        {
            SqliteReads.PutAsync(file.Store, [.. Enumerable.Range(stored, size - stored).Select(SqliteReads.KeyOf)], 256, parallel: 256).GetAwaiter().GetResult();
            stored = size;
            file.Reopen();
            file.Store.Dispose();
            var before = Held();
            var open = Stopwatch.StartNew();
            file.Reopen();
            var opened = open.Elapsed;
            file.Store.ReadAsync(SqliteReads.KeyOf(size / 2), default).AsTask().Result.Dispose();
            var first = open.Elapsed;

            // Once over all of it: what is measured is the work of a read, not the first touch of each page.
            for (var i = 0; i < size; i++)
            {
                file.Store.ReadAsync(SqliteReads.KeyOf(i), default).AsTask().Result.Dispose();
            }

            var held = Held() - before;
            var random = new Random(1);
            var read = InterleavedRunner.Run(
                [QuickCase.Of("read", () => file.Store.ReadAsync(SqliteReads.KeyOf(random.Next(size)), default).AsTask().Result.Responses.Length)], rounds)[0].Median;
            var keys = Enumerable.Range(0, 2000).Select(_ => SqliteReads.KeyOf(random.Next(size))).Distinct().ToArray();
            var start = Environment.CpuUsage.TotalTime;
            SqliteReads.PutAsync(file.Store, keys, 256, parallel: 1).GetAwaiter().GetResult();
            var write = (Environment.CpuUsage.TotalTime - start).TotalNanoseconds / keys.Length;
            firstRead ??= read;
            firstWrite ??= write;
            output.WriteLine(
                $"{size,9} entries: read {Text(read, 0)} ns ({Text(read / firstRead.Value, 2)} x), write {Text(write / 1000, 1)} us of processor ({Text(write / firstWrite.Value, 2)} x),"
                + $" opened in {Text(opened.TotalMilliseconds, 1)} ms, first read after {Text(first.TotalMilliseconds, 1)} ms, file {file.Length / 1024 / 1024} MiB,"
                + $" held by the open store once all was read {held / 1024} KiB ({Text((double)held / size, 2)} B an entry)");
        }
    }

    /// <summary>What the runtime and SQLite have taken from the system for what they hold.</summary>
    private static long Held() => GC.GetTotalMemory(forceFullCollection: true) + SQLitePCL.raw.sqlite3_memory_used();

    private static string Text(double value, int digits) => value.ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private sealed class TemporaryStore : IDisposable
    {
        private readonly string _directory = Directory.CreateTempSubdirectory("cache-control-bench").FullName;

        public TemporaryStore() => Store = Open();

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
            Path.Join(_directory, "cache.db"), new SqliteHttpCacheStoreOptions { MaximumBytes = 100L << 30, MaximumResponses = 100_000_000, MappedBytes = 0x7fff0000 });
    }
}
