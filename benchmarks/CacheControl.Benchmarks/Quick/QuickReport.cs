using System.Globalization;
using HttpCaching.Benchmarks.Cases;

namespace HttpCaching.Benchmarks.Quick;

/// <summary>The table that is quoted: for each target the ratio to its floor in the same process and run, and the bytes over it.</summary>
internal static class QuickReport
{
    private const string Line = "{0,-34} {1,-22} {2,7} {3,9} {4,10} {5,9}";

    /// <summary>Measures and prints.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="rounds">How many rounds.</param>
    /// <param name="wanted">Which sections: hits, fresh, body, store, miss, collapse, tee; all if it names none.</param>
    public static void Print(TextWriter output, int rounds, IReadOnlyCollection<string> wanted)
    {
        output.WriteLine($".NET {Environment.Version}, {Environment.ProcessorCount} cores, {rounds} rounds");
        Row(output, "case", "target", "ratio", "bytes +", "floor ns", "floor B");
        (string Name, Action Measure)[] sections =
        [
            ("hits", () => Hits(output, rounds)),
            ("fresh", () => Fresh(output, rounds, 59, "<= 1.35, +48 B")),
            ("fresh", () => Fresh(output, rounds, 214, "<= 1.50, +48 B")),
            ("body", () => Body(output, rounds, 1024, "+16 B")),
            ("body", () => Body(output, rounds, 64 * 1024, "<= 1.05, +16 B")),
            ("body", () => Body(output, rounds, 1024 * 1024, "<= 1.05, +16 B")),
            ("store", () => Store(output, rounds)),
            ("miss", () => Miss(output, rounds)),
            ("collapse", () => Collapse(output, rounds)),
            ("tee", () => Tee(output, rounds)),
        ];
        foreach (var (name, measure) in sections)
        {
            if (!sections.Any(section => wanted.Contains(section.Name)) || wanted.Contains(name))
            {
                measure();
            }
        }
    }

    private static void Hits(TextWriter output, int rounds)
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
        Row(output, results[1], results[0], "<= 1.30, +0 B");
        Row(output, results[2], results[0], "-");
        Row(output, results[3], results[0], "<= 1.80, +0 B");
        cases.Cleanup();
    }

    private static void Fresh(TextWriter output, int rounds, int length, string target)
    {
        var cases = new FreshRequestHits { UrlLength = length };
        cases.Setup();
        var results = InterleavedRunner.Run([QuickCase.Of("F1f", cases.Floor), QuickCase.Of($"hit, fresh URL of {length}", cases.Hit)], rounds);
        Row(output, results[1], results[0], target);
        cases.Cleanup();
    }

    private static void Body(TextWriter output, int rounds, int bytes, string target)
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
        Row(output, results[1], results[0], "-");

        // The hit's own cost is the first target's; here it is taken out, and the floor's put in its place.
        var body = QuickResult.MedianOver(
            rounds,
            i => (results[1].Nanoseconds[i] - results[3].Nanoseconds[i] + results[2].Nanoseconds[i]) / results[0].Nanoseconds[i]);
        Row(output, $"  its body alone, {bytes / 1024} KiB", target, Text(body), Text(results[1].Bytes - results[0].Bytes, 0), string.Empty, string.Empty);
        cases.Cleanup();
    }

    private static void Store(TextWriter output, int rounds)
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
        Row(output, results[1], results[0], "<= 1.50, +0 B");
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
        Row(output, "  reads by two threads / one", ">= 1.85", Text(scaling), string.Empty, string.Empty, string.Empty);
        var floors = QuickResult.MedianOver(rounds, i => 2 * threads[2].Nanoseconds[i] / threads[3].Nanoseconds[i]);
        Row(output, "  F8 by two threads / one", "-", Text(floors), string.Empty, string.Empty, string.Empty);
    }

    private static void Miss(TextWriter output, int rounds)
    {
        var cases = new Misses();
        var results = InterleavedRunner.Run(
            [
                QuickCase.Of("F7", cases.Floor),
                QuickCase.Of("miss, not stored", cases.MissNotStored),
                QuickCase.Of("miss, stored", cases.MissStored),
            ],
            rounds);
        Row(output, results[1], results[0], "-");
        Row(output, results[2], results[0], "-");
        cases.Cleanup();
    }

    private static void Collapse(TextWriter output, int rounds)
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
        Row(output, alone[1], alone[0], "<= 1.6");
        var lone = QuickResult.MedianOver(rounds, i => alone[3].Nanoseconds[i] - alone[2].Nanoseconds[i]);
        Row(
            output, alone[3].Name, "<= 150 ns, +200 B", Text(lone, 0) + " ns", Text(alone[3].Bytes - alone[2].Bytes, 0), Text(alone[2].Median, 0), Text(alone[2].Bytes, 0));

        // The whole of it, with an origin that answers at once: what threads do to hand over to each other would drown the difference.
        var cases = new Misses();
        var misses = InterleavedRunner.Run(
            [QuickCase.Of("collapsed", cases.MissAtOnce), QuickCase.Of("not collapsed", cases.MissAtOnceUncollapsed)], rounds);
        var added = QuickResult.MedianOver(rounds, i => misses[0].Nanoseconds[i] - misses[1].Nanoseconds[i]);
        Row(
            output,
            "  the same out of whole misses",
            "-",
            Text(added, 0) + " ns",
            Text(misses[0].Bytes - misses[1].Bytes, 0),
            Text(misses[1].Median, 0),
            Text(misses[1].Bytes, 0));
        cases.Cleanup();
        var result = CollapseReport.Measure(rounds);
        Row(output, "1,000 at once: origin requests", "1", Text(result.OriginRequests), string.Empty, string.Empty, string.Empty);
        Row(output, "  their time to that of one", "<= 1.30", Text(result.ToOne), string.Empty, string.Empty, string.Empty);
        Row(output, "  their time to uncollapsed", "<= 0.60", Text(result.ToUncollapsed), string.Empty, string.Empty, string.Empty);
    }

    private static void Tee(TextWriter output, int rounds)
    {
        foreach (var result in TeeReport.Measure(rounds))
        {
            Row(output, $"64 MiB, {result.Name}: wall", "-", Text(result.WallRatio), Text(result.Bytes, 0), string.Empty, string.Empty);
            Row(output, "  processor", result.Target, Text(result.ProcessorRatio), string.Empty, Text(result.Milliseconds, 1) + " ms", string.Empty);
        }
    }

    private static void OnThreads(int count, Action work)
    {
        var threads = Enumerable.Range(0, count).Select(_ => new Thread(() => work())).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
    }

    private static void Row(TextWriter output, QuickResult result, QuickResult floor, string target) =>
        Row(
            output,
            result.Name,
            target,
            Text(result.RatioTo(floor)),
            Text(result.Bytes - floor.Bytes, 0),
            Text(floor.Median, 0),
            Text(floor.Bytes, 0));

    private static void Row(TextWriter output, string name, string target, string ratio, string bytes, string floor, string floorBytes) =>
        output.WriteLine(string.Format(CultureInfo.InvariantCulture, Line, name, target, ratio, bytes, floor, floorBytes));

    private static string Text(double value, int digits = 2) => value.ToString("F" + digits, CultureInfo.InvariantCulture);
}
