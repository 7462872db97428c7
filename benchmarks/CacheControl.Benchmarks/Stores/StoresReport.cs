using System.Globalization;
using HttpCaching.Benchmarks.Cases;
using HttpCaching.Benchmarks.Quick;

namespace HttpCaching.Benchmarks.Stores;

/// <summary>What the file store costs.</summary>
internal static class StoresReport
{
    private const string Line = "{0,-44} {1,-22} {2,8} {3,9} {4,10} {5,9}";

    /// <summary>Measures and prints.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="rounds">How many rounds.</param>
    /// <param name="wanted">Which sections: reads, writes, processes, growth; all if it names none. With --million, growth goes to a million keys.</param>
    public static void Print(TextWriter output, int rounds, IReadOnlyCollection<string> wanted)
    {
        output.WriteLine($".NET {Environment.Version}, {Environment.ProcessorCount} cores, {rounds} rounds; processor time");
        Row(output, "case", "target", "ratio", "bytes +", "floor ns", "floor B");
        (string Name, Action Measure)[] sections =
        [
            ("reads", () => Reads(output, rounds, 1024, "<= 1.30 x F4", "<= 1.15 x F4f, +200 B")),
            ("reads", () => Reads(output, rounds, 64 * 1024, "<= 1.10 x F4", "<= 1.15 x F4f, +200 B")),
            ("writes", () => Writes(output, rounds, 1024)),
            ("writes", () => Writes(output, rounds, 64 * 1024)),
            ("processes", () => ProcessesReport.Print(output)),
            ("growth", () => GrowthReport.Print(output, wanted.Contains("--million") ? 1_000_000 : 100_000)),
        ];
        foreach (var (name, measure) in sections)
        {
            if (!sections.Any(section => wanted.Contains(section.Name)) || wanted.Contains(name))
            {
                measure();
            }
        }
    }

    private static void Reads(TextWriter output, int rounds, int bytes, string openTarget, string openingTarget)
    {
        var cases = new FileStoreReads { Bytes = bytes };
        cases.Setup();
        var results = InterleavedRunner.Run(
            [
                QuickCase.Of("F4", cases.FloorOpenFile),
                QuickCase.Of("F4f", cases.FloorOpening),
                QuickCase.Of($"read of {bytes / 1024} KiB, record kept open", cases.ReadKeptOpen),
                QuickCase.Of($"read of {bytes / 1024} KiB, files opened", cases.ReadOpening),
            ],
            rounds);
        Row(output, results[1], results[0], "(F4f in F4)");
        Row(output, results[2], results[0], openTarget);
        Row(output, results[3], results[1], openingTarget);
        cases.Cleanup();
    }

    private static void Writes(TextWriter output, int rounds, int bytes)
    {
        var cases = new FileStoreWrites { Bytes = bytes };
        cases.Setup();
        var results = InterleavedRunner.Run(
            [
                QuickCase.Of("file written and renamed", () =>
                {
                    cases.Floor();
                    return 0;
                }),
                QuickCase.Of($"write of {bytes / 1024} KiB", cases.Write),
                QuickCase.Of($"refresh on {bytes / 1024} KiB", cases.Refresh),
            ],
            rounds);
        Row(output, results[1], results[0], "-");
        Row(output, results[2], results[0], "-");
        cases.Cleanup();
    }

    private static void Row(TextWriter output, QuickResult result, QuickResult floor, string target) =>
        Row(output, result.Name, target, Text(result.RatioTo(floor)), Text(result.Bytes - floor.Bytes, 0), Text(floor.Median, 0), Text(floor.Bytes, 0));

    internal static void Row(TextWriter output, string name, string target, string ratio, string bytes = "", string floor = "", string floorBytes = "") =>
        output.WriteLine(string.Format(CultureInfo.InvariantCulture, Line, name, target, ratio, bytes, floor, floorBytes).TrimEnd());

    internal static string Text(double value, int digits = 2) => value.ToString("F" + digits, CultureInfo.InvariantCulture);
}
