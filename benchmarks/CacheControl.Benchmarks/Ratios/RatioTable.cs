using System.Globalization;
using System.Text.Json;

namespace HttpCaching.Benchmarks.Ratios;

/// <summary>The rows of a run beside their targets, printed as they come, and judged at the end.</summary>
internal sealed class RatioTable
{
    private const string Line = "{0,-42} {1,-18} {2,7}  {3,-15} {4,8}  {5}";

    // Allocations are exact, but the runtime's own threads add some bytes over thousands of calls.
    private const double Crumbs = 1.5;

    private readonly TextWriter _output;
    private readonly List<RatioRow> _rows = [];
    private readonly Dictionary<string, RatioTarget> _targets;

    /// <summary>An empty table; prints its head.</summary>
    public RatioTable(TextWriter output, int rounds)
    {
        _output = output;
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "targets.json"));
        _targets = JsonSerializer.Deserialize<Dictionary<string, RatioTarget>>(file, JsonSerializerOptions.Web)!;
        output.WriteLine($".NET {Environment.Version}, {Environment.ProcessorCount} cores, {rounds} rounds; processor time");
        Write("case", "target", "ratio", "quartiles", "bytes +", "floor");
    }

    /// <summary>Adds and prints a row.</summary>
    public void Add(RatioRow row)
    {
        _rows.Add(row);
        var target = _targets.GetValueOrDefault(row.Name);
        string[] wanted = [.. new[] { target?.Ratio is { } ratio ? "<= " + Text(ratio) : null, target?.Bytes is { } bytes ? $"{bytes:+0;-0;+0} B" : null }.OfType<string>()];
        Write(
            row.Name,
            string.Join(", ", wanted),
            Text(row.Ratio) + (target?.Ratio < row.Ratio ? "!" : string.Empty),
            row.Lower < row.Upper ? $"{Text(row.Lower)} to {Text(row.Upper)}" : string.Empty,
            row.Bytes is { } added ? added.ToString("F0", CultureInfo.InvariantCulture) + (target?.Bytes < added - Crumbs ? "!" : string.Empty) : string.Empty,
            row.Floor);
    }

    /// <summary>Tells of a section that can't be measured here.</summary>
    public void LeaveOut(string section, string missing) => _output.WriteLine($"{section}: left out, because {missing} is missing");

    /// <summary>Names the measured cases that miss their targets.</summary>
    /// <returns>Whether none does.</returns>
    public bool Check() => Judge(target => (target.Ratio, target.Bytes), 1, "its target");

    /// <summary>Names the measured cases that have lost what is kept: half as slow again, or a byte more.</summary>
    /// <returns>Whether none has.</returns>
    public bool CheckKept() => Judge(target => (target.Kept, target.KeptBytes), 1.5, "what it has come to before");

    private bool Judge(Func<RatioTarget, (double? Ratio, double? Bytes)> limits, double tolerance, string of)
    {
        var isGood = true;
        foreach (var row in _rows)
        {
            var (ratio, bytes) = limits(_targets.GetValueOrDefault(row.Name) ?? new RatioTarget());
            if (row.Ratio > ratio * tolerance)
            {
                isGood = false;
                _output.WriteLine($"{row.Name}: {Text(row.Ratio)} is more than {Text(tolerance)} times {of}, {Text(ratio!.Value)}.");
            }

            if (row.Bytes > bytes + Crumbs)
            {
                isGood = false;
                _output.WriteLine($"{row.Name}: {row.Bytes:F0} bytes over the floor are more than {of}, {bytes:F0}.");
            }
        }

        return isGood;
    }

    private void Write(params object[] cells) => _output.WriteLine(string.Format(CultureInfo.InvariantCulture, Line, cells).TrimEnd());

    private static string Text(double value) => value.ToString(Math.Abs(value) >= 100 ? "F0" : "F2", CultureInfo.InvariantCulture);
}
