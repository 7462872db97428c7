namespace HttpCaching.Conformance;

/// <summary>What the runs need of the machine, where they keep their files, and what the environment asks of them.</summary>
public static class Tooling
{
    public static string? Node { get; } = Find("node");

    public static string? Npm { get; } = Find("npm");

    public static string? RedisServer { get; } = Find("redis-server");

    /// <summary>The repository's root: the folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Where the suite is installed and results are written; ignored by git.</summary>
    public static string Artifacts { get; } = Path.Combine(Root, "artifacts", "conformance");

    /// <summary>One test id to run and log in full, in place of the whole suite.</summary>
    public static string? OnlyId { get; } = Variable("CACHECONTROL_CONFORMANCE_ID");

    /// <summary>The folder of another edition of the suite, to be run in place of the installed one; its outcomes are not judged.</summary>
    public static string? OtherSuite { get; } = Variable("CACHECONTROL_CONFORMANCE_SUITE");

    public static bool UpdateDocs { get; } = Variable("CACHECONTROL_UPDATE_DOCS") == "1";

    /// <summary>Why the suite cannot run here, or <see langword="null"/> when it can.</summary>
    public static string? Missing { get; } = (Node, Npm) switch
    {
        (null, _) => "Node.js was not found on the PATH; the http-cache-tests suite needs it.",
        (_, null) => "npm was not found on the PATH; the http-cache-tests suite is installed with it.",
        _ => null,
    };

    /// <summary>The reason to leave a test out: a missing part, unless the environment says that none may be missing.</summary>
    public static string? SkipReason => RequiresAll ? null : Missing;

    /// <summary>Whether what a test needs and does not find is a failure.</summary>
    public static bool RequiresAll => Variable("CACHECONTROL_REQUIRE") == "all";

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static string? Find(string tool)
    {
        string[] names = OperatingSystem.IsWindows() ? [tool + ".exe", tool + ".cmd"] : [tool];
        var folders = Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) ?? [];
        return folders.SelectMany(_ => names, Path.Combine).FirstOrDefault(File.Exists);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CacheControl.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests do not run from inside the repository.");
    }
}

/// <summary>A fact that is left out, with the reason, where Node.js or npm is missing.</summary>
public sealed class SuiteFactAttribute : FactAttribute
{
    public SuiteFactAttribute() => Skip = Tooling.SkipReason;
}

/// <summary>A theory that is left out, with the reason, where Node.js or npm is missing.</summary>
public sealed class SuiteTheoryAttribute : TheoryAttribute
{
    public SuiteTheoryAttribute() => Skip = Tooling.SkipReason;
}

/// <summary>A fact that is left out, with the reason, where redis-server is missing.</summary>
public sealed class RedisFactAttribute : FactAttribute
{
    public RedisFactAttribute() => Skip = Tooling.RequiresAll || Tooling.RedisServer is not null ? null : "redis-server was not found on the PATH.";
}
