using QuickStart;
using Spectre.Console;

namespace HttpCaching.Tests.Docs;

/// <summary>The report of the first sample fits where it is written: a narrow console, a wide one, a file. Nothing is cut.</summary>
public sealed class QuickStartReportTests
{
    private const string LongWord = "https://an-origin.example.org/a/path/that/is/longer/than/forty/columns?and=a&query=too";

    [Theory]
    [InlineData(10)]
    [InlineData(40)]
    [InlineData(69)]
    public void Report_NarrowConsole_SaysEverythingInOrder(int width)
    {
        var results = Results();

        var report = Written(results, width);

        report.Split('\n').Should().OnlyContain(line => line.TrimEnd('\r').Length <= width);
        var told = Dense(report);
        foreach (var result in results)
        {
            var asked = told.IndexOf(Dense(result.Step.Asked), StringComparison.Ordinal);
            asked.Should().BeGreaterThanOrEqualTo(0, report);
            told.IndexOf(Dense(Verdict.Of(result)), asked, StringComparison.Ordinal).Should().BeGreaterThan(asked, report);
        }

        told.Should().Contain(Dense("3 requests:")).And.Contain(Dense("NOT OK: The last: it broke."));
    }

    [Theory]
    [InlineData(70)]
    [InlineData(100)]
    public void Report_Table_LosesNoWordOfItsCells(int width)
    {
        var results = Results();

        var report = Written(results, width);

        report.Split('\n').Should().OnlyContain(line => line.TrimEnd('\r').Length <= width);
        var cells = report.Split('\n').Where(line => line.StartsWith('|')).Select(line => line.Split('|')).Where(row => row.Length > 4).ToList();
        var (asked, happened) = (Dense(string.Concat(cells.Select(c => c[2]))), Dense(string.Concat(cells.Select(c => c[3]))));
        foreach (var result in results)
        {
            asked.Should().Contain(Dense(result.Step.Asked));
            happened.Should().Contain(Dense(Verdict.Of(result)));
        }
    }

    private static StepResult[] Results() =>
    [
        Result("The same again, by another caller who has more to say about it", null),
        Result(LongWord, null),
        Result("The last", "it broke"),
    ];

    private static StepResult Result(string asked, string? failure) => new(
        new Step(asked, () => throw new NotSupportedException()), failure is null ? 200 : 0, string.Empty,
        null, [], TimeSpan.FromMilliseconds(12345.6), 0, failure ?? "the response did not come through the cache, which is a long story");

    private static string Written(StepResult[] results, int width)
    {
        using var output = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = width;
        new Report(console, isPlain: true).Write(results);
        return output.ToString();
    }

    private static string Dense(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
}
