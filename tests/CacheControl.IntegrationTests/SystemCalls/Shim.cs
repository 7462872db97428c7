using System.Diagnostics;
using System.Globalization;

namespace HttpCaching.IntegrationTests.SystemCalls;

/// <summary>The library that stands between a process and the system, built with the system's compiler.</summary>
internal sealed class Shim : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("cache-control-shim-");

    public Shim()
    {
        Library = Path.Join(_directory.FullName, "shim.so");
        using var compiler = Process.Start("cc", ["-shared", "-fPIC", "-O1", "-o", Library, Path.Join(AppContext.BaseDirectory, "SystemCalls", "shim.c"), "-ldl"]);
        compiler.WaitForExit();
        if (compiler.ExitCode != 0)
        {
            throw new InvalidOperationException($"cc ended with {compiler.ExitCode}.");
        }
    }

    /// <summary>Why it can't be had here; null if it can.</summary>
    public static string? Missing =>
        !OperatingSystem.IsLinux() ? "The shim of the system's calls is for Linux."
        : Environment.GetEnvironmentVariable("PATH")?.Split(':').Any(folder => File.Exists(Path.Join(folder, "cc"))) is true ? null
        : "cc was not found on the PATH.";

    private string Library { get; }

    /// <summary>The variables of a process that is to be led by it.</summary>
    /// <param name="root">The directory whose calls count.</param>
    /// <param name="signals">Where the files lie by which it is told when to count.</param>
    /// <param name="point">At which call something happens; null to count only.</param>
    public Dictionary<string, string> Lead(string root, string signals, SystemCallPoint? point) => new()
    {
        ["LD_PRELOAD"] = Library,
        ["CC_SHIM_ROOT"] = root,
        ["CC_SHIM_COUNTS"] = Path.Join(signals, "counts"),
        ["CC_SHIM_LOG"] = Path.Join(signals, "log"),
        ["CC_SHIM_POINT"] = point?.ToString() ?? string.Empty,
    };

    /// <summary>The calls in their order with their paths, as a process has left them.</summary>
    public static IReadOnlyList<(string Call, string Path)> Log(string signals) =>
        [.. File.ReadLines(Path.Join(signals, "log")).Select(line => (line[..line.IndexOf(' ')], line[(line.IndexOf(' ') + 1)..]))];

    /// <summary>How often each call was made, as a process has left it.</summary>
    public static IEnumerable<(string Call, int Count)> Counts(string signals) =>
        File.ReadLines(Path.Join(signals, "counts")).Select(line => line.Split(' '))
            .Select(parts => (parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture)));

    public void Dispose() => _directory.Delete(recursive: true);
}
