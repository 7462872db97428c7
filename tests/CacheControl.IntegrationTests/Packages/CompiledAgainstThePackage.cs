using System.Text.RegularExpressions;

namespace HttpCaching.IntegrationTests.Packages;

/// <summary>
/// Programs that merely refer to the package compile, whatever they call <c>CacheControl</c>: a namespace of that name would hide it (CS0118). The first programs of
/// docs/getting-started.md need no other using than <c>HttpCaching</c>.
/// </summary>
public sealed class CompiledAgainstThePackage : IDisposable
{
    // A version of this run alone, so that no cache of packages answers with another build.
    private readonly string _version = $"0.0.0-test{Guid.NewGuid():N}";
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("cachecontrol-packed-");

    [SdkFact]
    public async Task Programs_AgainstThePackedPackage_Compile()
    {
        var packed = await Sdk.RunAsync(
            Repository(), "pack", "src/CacheControl", "--no-build", "-c", Configuration(), "-o", _directory.FullName, $"-p:PackageVersion={_version}", "-v", "quiet");
        packed.ExitCode.Should().Be(0, packed.Output);
        await WriteAsync("nuget.config", $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="restored" /></config>
              <packageSources><add key="packed" value="{_directory.FullName}" /></packageSources>
              <fallbackPackageFolders><add key="built-with" value="{PackageFolder()}" /></fallbackPackageFolders>
            </configuration>
            """);
        await WriteAsync("Programs.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <NuGetAudit>false</NuGetAudit>
                <RunAnalyzers>false</RunAnalyzers>
              </PropertyGroup>
              <ItemGroup>
                <FrameworkReference Include="Microsoft.AspNetCore.App" />
                <PackageReference Include="CacheControl" Version="{_version}" />
              </ItemGroup>
            </Project>
            """);
        foreach (var (name, text) in Programs())
        {
            await WriteAsync(name + ".cs", text);
        }

        var built = await Sdk.RunAsync(_directory.FullName, "build", "Programs.csproj", "-v", "quiet", "-p:UseSharedCompilation=false");

        built.ExitCode.Should().Be(0, built.Output);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static IEnumerable<(string Name, string Text)> Programs()
    {
        yield return ("FieldName", """
            using HttpCaching;
            using Microsoft.AspNetCore.Http;
            using static Microsoft.Net.Http.Headers.HeaderNames;

            namespace FieldName;

            public static class Endpoint
            {
                public static CachingHandler Handler { get; } = new();

                public static void Forbid(HttpResponse response) => response.Headers[CacheControl] = "no-store";
            }
            """);
        yield return ("OwnType", """
            using HttpCaching;
            using OtherLibrary;

            namespace OtherLibrary
            {
                public sealed record CacheControl(TimeSpan MaximumAge);
            }

            namespace OwnType
            {
                public static class Client
                {
                    public static HttpCacheOptions Options { get; } = new();

                    public static CacheControl Hourly { get; } = new CacheControl(TimeSpan.FromHours(1));
                }
            }
            """);
        yield return ("Property", """
            using System.Net.Http.Headers;
            using HttpCaching;

            namespace Property;

            public sealed class Answer
            {
                public CacheControlHeaderValue? CacheControl { get; set; }

                public CacheStatus? Status { get; set; }

                public bool IsPrivate => CacheControl?.Private ?? CacheControlHeaderValue.Parse("private").Private;
            }
            """);
        yield return ("Program", $$"""
            using HttpCaching;

            public static class Program
            {
                public static async Task Main()
                {
                    {{Snippet("direct")}}
                }

                public static void WithOptions()
                {
                    {{Snippet("direct-options")}}
                }
            }
            """);
    }

    /// <summary>A block of the page that a new user reads first after the README.</summary>
    private static string Snippet(string name) =>
        Regex.Match(File.ReadAllText(Path.Combine(Repository(), "docs", "getting-started.md")).ReplaceLineEndings("\n"), $"<!-- snippet: {name} -->\n```csharp\n(.*?)```", RegexOptions.Singleline) is { Success: true } block
            ? block.Groups[1].Value
            : throw new InvalidOperationException($"docs/getting-started.md has no snippet {name}.");

    private static string Repository()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "CacheControl.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("The tests do not run in the repository.");
        }

        return directory.FullName;
    }

    /// <summary>The configuration that this was built in, and the library with it.</summary>
    private static string Configuration() =>
        AppContext.BaseDirectory.Split(Path.DirectorySeparatorChar).Contains("Release") ? "Release" : "Debug";

    /// <summary>The packages that the library was restored with: the programs need no others, and no network.</summary>
    private static string PackageFolder() =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder ? folder
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private Task WriteAsync(string name, string text) => File.WriteAllTextAsync(Path.Combine(_directory.FullName, name), text);
}
