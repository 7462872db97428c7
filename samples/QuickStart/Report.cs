using System.Globalization;
using Spectre.Console;

namespace QuickStart;

/// <summary>Shows results as a table of at most 100 columns, or as a list on a console that is too narrow for one. Nothing is cut.</summary>
/// <param name="console">Where.</param>
/// <param name="isPlain">Whether the output goes to a file or a pipe: no lines that need more than ASCII.</param>
public sealed class Report(IAnsiConsole console, bool isPlain)
{
    // Below this the words of a table's columns are broken into pieces.
    private const int NarrowestTable = 70;

    /// <summary>Writes the results, what went wrong, and the sum.</summary>
    /// <param name="results">The results.</param>
    public void Write(IReadOnlyList<StepResult> results)
    {
        if (console.Profile.Width < NarrowestTable)
        {
            WriteList(results);
        }
        else
        {
            WriteTable(results);
        }

        foreach (var result in results.Where(result => result.Complaints.Count > 0))
        {
            console.WriteLine($"NOT OK: {result.Step.Asked}: {string.Join("; ", result.Complaints)}.");
        }

        console.WriteLine(Sum(results));
    }

    private void WriteList(IReadOnlyList<StepResult> results)
    {
        for (var i = 0; i < results.Count; i++)
        {
            string[] cells = [.. Cells(i + 1, results[i])];
            console.WriteLine($"{cells[0]}. {cells[1]}");
            console.WriteLine($"{cells[2]} ({cells[3]})");
            console.WriteLine();
        }
    }

    private void WriteTable(IReadOnlyList<StepResult> results)
    {
        var table = new Table { Border = isPlain ? TableBorder.Ascii2 : TableBorder.Rounded, ShowRowSeparators = true };
        table.AddColumn(new TableColumn("#").RightAligned().NoWrap());
        table.AddColumn("The caller asks");
        table.AddColumn("What happens");
        table.AddColumn(new TableColumn("Time").RightAligned().NoWrap());
        for (var i = 0; i < results.Count; i++)
        {
            table.AddRow([.. Cells(i + 1, results[i]).Select(cell => new Text(cell))]);
        }

        console.Write(table);
    }

    /// <summary>What the cache was worth: a hit saves the time that the origin takes for a whole response.</summary>
    private static string Sum(IReadOnlyList<StepResult> results)
    {
        var hits = results.Where(result => result.Cache is { Hit: true }).ToList();
        var fetched = results.Where(result => result is { Status: 200, Cache.FromCache: false }).Select(result => result.Time).Order().ToList();
        var usual = fetched.Count == 0 ? TimeSpan.Zero : fetched[fetched.Count / 2];
        var saved = hits.Aggregate(TimeSpan.Zero, (sum, result) => result.Time < usual ? sum + (usual - result.Time) : sum);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{results.Count} requests: {hits.Count} hits ({100.0 * hits.Count / results.Count:F0} %), {results.Sum(result => result.Wire.Count)} requests to the origin; saved {saved.TotalSeconds:F1} s and {results.Sum(result => result.BytesSaved):N0} bytes.");
    }

    private static IEnumerable<string> Cells(int number, StepResult result) =>
    [
        number.ToString(CultureInfo.InvariantCulture),
        result.Step.Asked,
        result.Complaints.Count > 0 ? "NOT OK: " + Verdict.Of(result) : result.Step.Note is { } note ? $"{Verdict.Of(result)}. {note}" : Verdict.Of(result),
        string.Create(CultureInfo.InvariantCulture, $"{result.Time.TotalMilliseconds:N1} ms"),
    ];
}
