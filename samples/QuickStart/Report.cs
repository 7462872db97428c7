using System.Globalization;
using CacheControl.Model;
using Spectre.Console;

namespace QuickStart;

/// <summary>Shows results as a table.</summary>
/// <param name="console">Where.</param>
/// <param name="isPlain">Whether the output goes to a file or a pipe: no lines that need more than ASCII.</param>
public sealed class Report(IAnsiConsole console, bool isPlain)
{
    /// <summary>Writes the table, what went wrong, and the sum.</summary>
    /// <param name="results">The results.</param>
    public void Write(IReadOnlyList<StepResult> results)
    {
        var table = new Table { Border = isPlain ? TableBorder.Ascii2 : TableBorder.Rounded, ShowRowSeparators = true };
        table.AddColumn(new TableColumn("#").RightAligned());
        table.AddColumn("Asked");
        table.AddColumn("Status");
        table.AddColumn("The cache");
        table.AddColumn("Why");
        table.AddColumn("The origin saw");
        table.AddColumn(new TableColumn("Time").RightAligned().NoWrap());
        table.AddColumn(new TableColumn("Saved").RightAligned().NoWrap());
        table.AddColumn("Check");
        for (var i = 0; i < results.Count; i++)
        {
            table.AddRow([.. Cells(i + 1, results[i]).Select(cell => new Text(cell))]);
        }

        console.Write(table);
        foreach (var result in results.Where(result => result.Complaints.Count > 0))
        {
            console.WriteLine($"{result.Step.Asked}: {string.Join("; ", result.Complaints)}.");
        }

        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{results.Count} requests, {results.Sum(result => result.Wire.Count)} to the origin, {results.Sum(result => result.BytesSaved):N0} body bytes not fetched."));
    }

    private static IEnumerable<string> Cells(int number, StepResult result) =>
    [
        number.ToString(CultureInfo.InvariantCulture),
        result.Step.Asked,
        result.Status == 0 ? "-" : result.Status.ToString(CultureInfo.InvariantCulture),
        Did(result.Cache),
        result.Cache is { } cache ? cache.Reason.ToString() : "-",
        result.Wire.Count == 0 ? "nothing" : string.Join(Environment.NewLine, result.Wire),
        string.Create(CultureInfo.InvariantCulture, $"{result.Time.TotalMilliseconds:N1} ms"),
        string.Create(CultureInfo.InvariantCulture, $"{result.BytesSaved:N0} B"),
        result.Complaints.Count == 0 ? "ok" : "NOT OK",
    ];

    private static string Did(CacheStatus? cache)
    {
        if (cache is null)
        {
            return "-";
        }

        var words = new List<string> { cache.Hit ? "hit" : cache.Forward == ForwardReason.None ? "no answer" : $"forwarded: {cache.Forward}" };
        if (cache is { Hit: false, FromCache: true })
        {
            words.Add("stored response used");
        }
        else if (cache.Stored)
        {
            words.Add("stored");
        }

        if (cache.TimeToLive is { } left)
        {
            words.Add(left < TimeSpan.Zero ? $"stale by {-left.TotalSeconds:F0} s" : $"fresh for {left.TotalSeconds:F0} s");
        }

        return string.Join(", ", words);
    }
}
