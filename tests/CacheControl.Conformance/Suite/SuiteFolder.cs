namespace HttpCaching.Conformance.Suite;

/// <summary>Where the suite's programs are: at the top of the package on npm, a folder deeper in later editions.</summary>
/// <param name="Root">The suite's folder, which has its tests and its published results.</param>
public sealed record SuiteFolder(string Root)
{
    private string Engine => Directory.Exists(Path.Combine(Root, "test-engine")) ? Path.Combine(Root, "test-engine") : Root;

    /// <summary>The client for the command line.</summary>
    public string Client => Path.Combine(Engine, "cli.mjs");

    /// <summary>The origin server.</summary>
    public string Server => Path.Combine(Engine, "server", "server.mjs");
}
