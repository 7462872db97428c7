using HttpCaching.Origins.Servers;

namespace HttpCaching.Origins;

/// <summary>What the runs need of the machine, where they keep their files, and what the environment asks of them.</summary>
internal static class Tooling
{
    /// <summary>The repository's root: the folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Where packages are installed and results are written; ignored by git.</summary>
    public static string Artifacts { get; } = Path.Combine(Root, "artifacts", "origins");

    public static bool UpdateDocs { get; } = Variable("CACHECONTROL_UPDATE_DOCS") == "1";

    /// <summary>Whether every store is played with every pipeline.</summary>
    public static bool Full { get; } = Variable("CACHECONTROL_ORIGINS") == "full";

    /// <summary>The pipelines to play, over memory, in place of all.</summary>
    public static IReadOnlyList<string>? OnlyPipelines { get; } = Variable("CACHECONTROL_ORIGINS_PIPELINES")?.Split(',');

    /// <summary>Whether a tool that a test needs and does not find is a failure.</summary>
    public static bool RequiresAll => Variable("CACHECONTROL_REQUIRE") == "all";

    public static string Find(string tool) =>
        Locate(tool) ?? throw new InvalidOperationException($"{tool} was not found on the PATH.");

    /// <summary>Why tests that start servers and need the tools are left out, or null when they are not.</summary>
    public static string? SkipReason(params IEnumerable<string> tools)
    {
        if (RequiresAll)
        {
            return null;
        }

        return OperatingSystem.IsLinux()
            ? tools.Append(ServerProcess.Leader).FirstOrDefault(tool => Locate(tool) is null) is { } missing ? $"{missing} was not found on the PATH." : null
            : "The servers are started and ended the way of Linux.";
    }

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    // Debian keeps servers where only root's PATH leads.
    private static string? Locate(string tool) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(["/usr/sbin", "/usr/local/sbin"])
            .Select(folder => Path.Combine(folder, tool))
            .FirstOrDefault(File.Exists);

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
