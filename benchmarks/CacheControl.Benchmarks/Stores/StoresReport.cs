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
    /// <param name="wanted">Which sections: processes, growth; all if it names none. With --million, growth goes to a million keys.</param>
    public static void Print(TextWriter output, IReadOnlyCollection<string> wanted)
    {
        output.WriteLine($".NET {Environment.Version}, {Environment.ProcessorCount} cores; processor time");
        Row(output, "case", "target", "ratio", "bytes +", "floor ns", "floor B");
        (string Name, Action Measure)[] sections =
        [
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

    internal static void Row(TextWriter output, string name, string target, string ratio, string bytes = "", string floor = "", string floorBytes = "") =>
        output.WriteLine(string.Format(CultureInfo.InvariantCulture, Line, name, target, ratio, bytes, floor, floorBytes).TrimEnd());

    internal static string Text(double value, int digits = 2) => value.ToString("F" + digits, CultureInfo.InvariantCulture);
}
