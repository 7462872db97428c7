namespace HttpCaching.Conformance.Suite;

/// <summary>The suite's command-line client.</summary>
internal sealed class SuiteClient(SuiteFolder suite)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    /// <summary>Runs every test against <paramref name="target"/> and returns the results as JSON.</summary>
    public async Task<string> RunAllAsync(Uri target)
    {
        var output = await RunAsync(target, id: "");
        return output[output.IndexOf('{', StringComparison.Ordinal)..];
    }

    /// <summary>Runs one test and returns what the client says of it.</summary>
    public Task<string> RunOneAsync(Uri target, string id) => RunAsync(target, id);

    private Task<string> RunAsync(Uri target, string id)
    {
        var start = ChildProcess.Describe(Tooling.Node!, suite.Root, "--no-warnings", suite.Client);
        start.Environment["npm_config_base"] = target.GetLeftPart(UriPartial.Authority);
        start.Environment["npm_config_id"] = id;

        // "Every test" is the empty id; the client takes the second variable when the first is empty, and only
        // npm, which is not between us and the client, would have set that one.
        start.Environment["npm_package_config_id"] = id;
        return ChildProcess.RunAsync(start, Deadline);
    }
}
