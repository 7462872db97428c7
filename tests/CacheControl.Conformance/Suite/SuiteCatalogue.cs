using System.Text.Json;

namespace HttpCaching.Conformance.Suite;

/// <summary>One test of the suite.</summary>
public sealed record SuiteTest(string Id, string Name, string Group, string Kind, IReadOnlyList<string> DependsOn);

/// <summary>One cache that the suite has published results of.</summary>
public sealed record PublishedCache(string File, string Name, string Type, string Version);

/// <summary>The suite's tests and its published results.</summary>
public sealed record SuiteCatalogue(IReadOnlyList<SuiteTest> Tests, IReadOnlyList<PublishedCache> Caches)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    internal static async Task<SuiteCatalogue> ReadAsync(SuiteFolder suite)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Scripts", "catalogue.mjs");
        var start = ChildProcess.Describe(Tooling.Node!, suite.Root, script, suite.Root);
        var output = await ChildProcess.RunAsync(start, TimeSpan.FromSeconds(30));
        return JsonSerializer.Deserialize<SuiteCatalogue>(output, Json)!;
    }
}
