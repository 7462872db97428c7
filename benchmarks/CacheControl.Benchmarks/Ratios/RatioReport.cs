using HttpCaching.Benchmarks.Cases;
using HttpCaching.Benchmarks.Edge;
using HttpCaching.Benchmarks.Quick;

namespace HttpCaching.Benchmarks.Ratios;

/// <summary>The table that is quoted: for each case the ratio to its floor in the same process and run, and the bytes over it.</summary>
internal sealed class RatioReport(RatioTable table, int rounds)
{
    /// <summary>Measures.</summary>
    /// <param name="wanted">Which sections; all if it names none. Those that need a program are left out where it is missing.</param>
    /// <param name="isShort">Whether the sections that take long are left out, unless they are named.</param>
    public void Measure(IReadOnlyCollection<string> wanted, bool isShort)
    {
        (string Name, bool IsLong, Action Measure)[] sections =
        [
            ("start", false, () => StartReport.Measure(table, isShort ? 3 : 7)),
            ("hits", false, Hits),
            ("fresh", false, () => Fresh(59)),
            ("fresh", false, () => Fresh(214)),
            ("body", false, () => Body(1024)),
            ("body", false, () => Body(64 * 1024)),
            ("body", true, () => Body(1024 * 1024)),
            ("store", true, Store),
            ("miss", false, Miss),
            ("held", false, () => HeldReport.Measure(table)),
            ("collapse", true, Collapse),
            ("disk", true, Disk),
            ("files", false, () => Files(1024)),
            ("files", true, () => Files(64 * 1024)),
            ("sqlite", true, () => Sqlite(1024)),
            ("sqlite", true, () => Sqlite(64 * 1024)),
            ("tee", true, Tee),
            ("redis", true, Redis),
            ("edge", true, Edge),
        ];
        var isAll = !sections.Any(section => wanted.Contains(section.Name)) && !wanted.Contains("--peers");
        foreach (var (name, isLong, measure) in sections)
        {
            if (wanted.Contains(name) || (isAll && !(isShort && isLong)))
            {
                measure();
            }
        }

        if (wanted.Contains("--peers"))
        {
            Peers();
        }
    }

    private void Hits()
    {
        var cases = new SharedRequestHits();
        cases.Setup();
        var results = InterleavedRunner.Run(
            [
                QuickCase.Of("F1", cases.Floor),
                QuickCase.Of("hit", cases.Hit),
                QuickCase.Of("hit, 3 request fields", cases.HitWithThreeRequestFields),
                QuickCase.Of("hit, Vary on 2, 3 request fields", cases.HitWithVaryOnTwo),
            ],
            rounds);
        table.Add(RatioRow.Of(results[1], results[0]));
        table.Add(RatioRow.Of(results[2], results[0]));
        table.Add(RatioRow.Of(results[3], results[0]));
        cases.Cleanup();
    }

    private void Fresh(int length)
    {
        var cases = new FreshRequestHits { UrlLength = length };
        cases.Setup();
        var results = InterleavedRunner.Run([QuickCase.Of("F1f", cases.Floor), QuickCase.Of($"hit, fresh URL of {length}", cases.Hit)], rounds);
        table.Add(RatioRow.Of(results[1], results[0]));
        cases.Cleanup();
    }

    private void Body(int bytes)
    {
        var cases = new BodyHits { Bytes = bytes };
        cases.Setup();
        var results = InterleavedRunner.Run(
            [
                QuickCase.Of("F2", cases.Floor),
                QuickCase.Of($"hit, body of {bytes / 1024} KiB", cases.Hit),
                QuickCase.Of("F1", cases.FloorUnread),
                QuickCase.Of("hit", cases.HitUnread),
            ],
            rounds);
        table.Add(RatioRow.Of(results[1], results[0]));

        // The hit's own cost is the first target's; here it is taken out, and the floor's put in its place.
        var body = QuickResult.MedianOver(
            rounds,
            i => (results[1].Nanoseconds[i] - results[3].Nanoseconds[i] + results[2].Nanoseconds[i]) / results[0].Nanoseconds[i]);
        table.Add(new RatioRow($"body alone, {bytes / 1024} KiB", body, body, body, results[1].Bytes - results[0].Bytes, "F2"));
        cases.Cleanup();
    }

    private void Store()
    {
        const int Reads = 1000;
        var cases = new StoreReads();
        cases.Setup();
        var results = InterleavedRunner.Run(
            [
                QuickCase.Of("F8", cases.Floor),
                QuickCase.Of("store read", cases.Read),
            ],
            rounds);
        table.Add(RatioRow.Of(results[1], results[0]));
        var threads = InterleavedRunner.Run(
            [
                new QuickCase("one thread", count => OnThreads(1, () => cases.ReadMany(0, count * Reads))),
                new QuickCase("two threads", count => OnThreads(2, () => cases.ReadMany(0, count * Reads))),
                new QuickCase("one thread, floor", count => OnThreads(1, () => cases.FloorMany(0, count * Reads))),
                new QuickCase("two threads, floor", count => OnThreads(2, () => cases.FloorMany(0, count * Reads))),
            ],
            rounds,
            byWallClock: true);
        var scaling = QuickResult.MedianOver(rounds, i => 2 * threads[0].Nanoseconds[i] / threads[1].Nanoseconds[i]);
        var floors = QuickResult.MedianOver(rounds, i => 2 * threads[2].Nanoseconds[i] / threads[3].Nanoseconds[i]);
        table.Add(RatioRow.Of("store reads of two threads to one", scaling, $"F8: {floors:F2}"));
    }

    private void Miss()
    {
        var cases = new Misses();
        var results = InterleavedRunner.Run(
            [
                QuickCase.Of("F7", cases.Floor),
                QuickCase.Of("miss, not stored", cases.MissNotStored),
                QuickCase.Of("miss, stored", cases.MissStored),
                QuickCase.Of("validation with 304", cases.Validation),
            ],
            rounds);
        table.Add(RatioRow.Of(results[1], results[0]));
        table.Add(RatioRow.Of(results[2], results[0]));
        table.Add(RatioRow.Of(results[3], results[0]));
        cases.Cleanup();
    }

    private void Collapse()
    {
        var flights = new Flights();
        var alone = InterleavedRunner.Run(
            [
                QuickCase.Of("yields once", flights.Direct),
                QuickCase.Of("a flight, origin yields once", flights.Flown),
                QuickCase.Of("at once", flights.DirectAtOnce),
                QuickCase.Of("a flight, origin answers at once", flights.FlownAtOnce),
            ],
            rounds);
        table.Add(RatioRow.Of(alone[1], alone[0]));
        var lone = QuickResult.MedianOver(rounds, i => alone[3].Nanoseconds[i] - alone[2].Nanoseconds[i]);
        table.Add(RatioRow.Of("a flight that nobody joins, ns", lone, $"{alone[3].Bytes - alone[2].Bytes:F0} B"));

        // The whole of it, with an origin that answers at once: what threads do to hand over to each other would drown the difference.
        var cases = new Misses();
        var misses = InterleavedRunner.Run(
            [QuickCase.Of("collapsed", cases.MissAtOnce), QuickCase.Of("not collapsed", cases.MissAtOnceUncollapsed)], rounds);
        var added = QuickResult.MedianOver(rounds, i => misses[0].Nanoseconds[i] - misses[1].Nanoseconds[i]);
        table.Add(RatioRow.Of("the same out of whole misses, ns", added, $"{misses[0].Bytes - misses[1].Bytes:F0} B"));
        cases.Cleanup();
        var result = CollapseReport.Measure(rounds);
        table.Add(RatioRow.Of("1,000 at once: origin requests", result.OriginRequests, string.Empty));
        table.Add(RatioRow.Of("1,000 at once: time to that of one", result.ToOne, "origin of 100 ms"));
        table.Add(RatioRow.Of("1,000 at once: time to uncollapsed", result.ToUncollapsed, string.Empty));
    }

    private void Tee()
    {
        foreach (var result in TeeReport.Measure(rounds))
        {
            table.Add(new RatioRow($"64 MiB, {result.Name}", result.ProcessorRatio, result.ProcessorRatio, result.ProcessorRatio, null, $"no cache, {result.Milliseconds:F1} ms"));
        }
    }

    private void Disk()
    {
        var cases = new StoredMisses();
        var results = InterleavedRunner.Run(
            [QuickCase.Of("F7", cases.Floor), QuickCase.Of("miss, stored in files", cases.InFiles), QuickCase.Of("miss, stored in SQLite", cases.InSqlite)],
            rounds);
        table.Add(RatioRow.Of(results[1], results[0]));
        table.Add(RatioRow.Of(results[2], results[0]));
        cases.Cleanup();
    }

    private void Files(int bytes)
    {
        var reads = new FileStoreReads { Bytes = bytes };
        reads.Setup();
        var results = InterleavedRunner.Run(
            [
                QuickCase.Of("F4", reads.FloorOpenFile),
                QuickCase.Of("F4f", reads.FloorOpening),
                QuickCase.Of($"file record kept open, {bytes / 1024} KiB", reads.ReadKeptOpen),
                QuickCase.Of($"file opened, {bytes / 1024} KiB", reads.ReadOpening),
            ],
            rounds);
        table.Add(RatioRow.Of(results[2], results[0]));
        table.Add(RatioRow.Of(results[3], results[1]));
        reads.Cleanup();

        var writes = new FileStoreWrites { Bytes = bytes };
        writes.Setup();
        var written = InterleavedRunner.Run(
            [
                QuickCase.Of("a file written and renamed", () =>
                {
                    writes.Floor();
                    return 0;
                }),
                QuickCase.Of($"file write, {bytes / 1024} KiB", writes.Write),
                QuickCase.Of($"file refresh, {bytes / 1024} KiB", writes.Refresh),
            ],
            rounds);
        table.Add(RatioRow.Of(written[1], written[0]));
        table.Add(RatioRow.Of(written[2], written[0]));
        writes.Cleanup();
    }

    private void Sqlite(int bytes)
    {
        using var cases = new SqliteReads { BodyBytes = bytes };
        cases.Setup();
        var results = InterleavedRunner.Run([QuickCase.Of("F4f", cases.Floor), QuickCase.Of($"SQLite read, {bytes / 1024} KiB", cases.Read)], rounds);
        table.Add(RatioRow.Of(results[1], results[0]));
    }

    private void Redis()
    {
        if (!IsInstalled("redis-server"))
        {
            table.LeaveOut("redis", "redis-server");
            return;
        }

        var (ping, lookUp, hit) = RedisReport.MeasureAsync(rounds).GetAwaiter().GetResult();

        // All bytes, and the time of the wall: most of it is spent in another process.
        table.Add(RatioRow.Of(lookUp, ping) with { Name = "Redis look-up, to PING", Bytes = lookUp.Bytes });
        table.Add(RatioRow.Of(hit, ping) with { Name = "Redis hit, to PING", Bytes = hit.Bytes });
    }

    private void Edge()
    {
        if (!IsInstalled("varnishd") || !EdgeReport.IsBuilt)
        {
            table.LeaveOut("edge", IsInstalled("varnishd") ? "the Release build of samples/EdgeCache" : "varnishd");
            return;
        }

        EdgeReport.MeasureAsync(Math.Min(rounds, 9), [], (name, proxies) =>
        {
            var varnish = proxies.Single(proxy => proxy.Name == "Varnish");
            table.Add(RatioRow.Of($"EdgeCache, {name}, to Varnish", proxies[0].RatioTo(varnish), "processor time"));
        }).GetAwaiter().GetResult();
    }

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Append("/usr/sbin").Any(folder => File.Exists(Path.Join(folder, program)));

    private void Peers()
    {
        using var cases = new CachesByHand();
        cases.Setup();
        var hits = InterleavedRunner.Run(
            [
                QuickCase.Of("F1", cases.Floor),
                QuickCase.Of("hit and body read", cases.Hit),
                QuickCase.Of("hit and body read, HybridCache", cases.HybridHit),
                QuickCase.Of("hit and body read, FusionCache", cases.FusionHit),
            ],
            rounds);
        foreach (var result in hits.Skip(1))
        {
            table.Add(RatioRow.Of(result, hits[0]));
        }

        var misses = InterleavedRunner.Run(
            [
                QuickCase.Of("F7", cases.OriginAsync),
                QuickCase.Of("miss", cases.MissAsync),
                QuickCase.Of("miss, HybridCache", cases.HybridMissAsync),
                QuickCase.Of("miss, FusionCache", cases.FusionMissAsync),
            ],
            rounds);
        foreach (var result in misses.Skip(1))
        {
            table.Add(RatioRow.Of(result, misses[0]));
        }
    }

    private static void OnThreads(int count, Action work)
    {
        var threads = Enumerable.Range(0, count).Select(_ => new Thread(() => work())).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
    }
}
