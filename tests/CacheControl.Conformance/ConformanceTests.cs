using System.Text.Json;
using HttpCaching.Conformance.Report;
using HttpCaching.Conformance.Scoring;
using Xunit.Abstractions;

namespace HttpCaching.Conformance;

/// <summary>The http-cache-tests suite against our cache.</summary>
[Collection(SuiteCollection.Name)]
public sealed class ConformanceTests(SuiteFixture suite, ITestOutputHelper output)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static TheoryData<string> Runs => [.. ConformanceRun.All.Select(run => run.Name)];

    [SuiteTheory]
    [MemberData(nameof(Runs))]
    public async Task A_run_comes_out_as_expected(string name)
    {
        var run = ConformanceRun.All.Single(candidate => candidate.Name == name);
        if (Tooling.OnlyId is { } id)
        {
            await DiagnoseAsync(run, id);
            return;
        }

        var result = await suite.ResultOfAsync(run);
        output.WriteLine($"{name}: {result.Card}");
        if (Tooling.OtherSuite is not null)
        {
            output.WriteLine(string.Join('\n', Expectations.Read().Differences(name, result.Card, result.Results)));
            return;
        }

        var differences = Expectations.Read().Differences(name, result.Card, result.Results);
        result.Faults.Should().BeEmpty("the cache answers every request, or fails as its network does");
        if (differences.Count > 0)
        {
            // Each in full, where an assertion about the collection would show the first few.
            Assert.Fail($"expectations.json lists what does not pass, and only that:\n{string.Join('\n', differences)}");
        }
    }

    [SuiteFact]
    public async Task The_figures_are_written_down()
    {
        if (Tooling.OnlyId is not null || Tooling.OtherSuite is not null)
        {
            return;
        }

        var ours = new List<RunResult>();
        foreach (var run in ConformanceRun.All)
        {
            ours.Add(await suite.ResultOfAsync(run));
        }

        var figures = ours.ToDictionary(
            result => result.Run.Name,
            result => new { result.Card.Required, result.Card.Optimal, result.Card.Checks });
        await File.WriteAllTextAsync(Path.Combine(Tooling.Artifacts, "figures.json"), JsonSerializer.Serialize(figures, Indented));
        if (Tooling.UpdateDocs)
        {
            await ConformanceReport.WriteAsync(suite, ours, Expectations.Read());
        }
    }

    /// <summary>One test, with every message on both sides of the cache, to the output and to a file.</summary>
    private async Task DiagnoseAsync(ConformanceRun run, string id)
    {
        suite.Catalogue.Tests.Should().Contain(test => test.Id == id, "it is to be run alone");
        var log = new StringWriter();
        await using (var proxy = await run.StartAsync(suite.Origin.Address, log))
        {
            var said = await suite.Client.RunOneAsync(proxy.Address, id);
            log.WriteLine(said);
            log.WriteLine(suite.Origin.TakeLog());
        }

        var text = log.ToString();
        var file = Path.Combine(Tooling.Artifacts, $"{run.Name}-{id}.log");
        await File.WriteAllTextAsync(file, text);
        output.WriteLine($"{file}{Environment.NewLine}{text}");
    }
}
