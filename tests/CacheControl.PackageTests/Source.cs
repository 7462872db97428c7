using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace HttpCaching.PackageTests;

/// <summary>The source tree that the tests run in.</summary>
internal static class Source
{
    /// <summary>The projects that become packages, by the names of the packages.</summary>
    public static IReadOnlyList<(string Package, string Directory)> Packages { get; } =
    [
        ("CacheControl", "src/CacheControl"),
        ("CacheControl.AspNetCore", "src/CacheControl.AspNetCore"),
        ("CacheControl.DataProtection", "src/CacheControl.DataProtection"),
        ("CacheControl.DistributedCache", "src/CacheControl.DistributedCache"),
        ("CacheControl.OpenTelemetry", "src/CacheControl.OpenTelemetry"),
        ("CacheControl.Redis", "src/CacheControl.Redis"),
        ("CacheControl.Sqlite", "src/CacheControl.Sqlite"),
        ("CacheControl.StoreContract", "tests/CacheControl.StoreContract"),
    ];

    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The platform of this machine, as NuGet names it.</summary>
    public static string Platform { get; } =
        $"{(OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal) ? "linux-musl" : "linux")}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";

    /// <summary>Whether the package of the core has compiled code for this machine's platform.</summary>
    public static bool IsPrecompiledHere { get; } =
        Regex.Match(File.ReadAllText(Path.Combine(Root, "src", "CacheControl", "CacheControl.csproj")), "<PrecompiledFor>(.*)<").Groups[1].Value.Split(';').Contains(Platform);

    /// <summary>The configuration that this was built in, and the libraries with it.</summary>
    public static string Configuration { get; } = AppContext.BaseDirectory.Split(Path.DirectorySeparatorChar).Contains("Release") ? "Release" : "Debug";

    /// <summary>The packages that the libraries were restored with: most programs of the tests need no others, and no network.</summary>
    public static string PackageFolder { get; } =
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder ? folder
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "CacheControl.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("The tests do not run in the repository.");
        }

        return directory.FullName;
    }
}
