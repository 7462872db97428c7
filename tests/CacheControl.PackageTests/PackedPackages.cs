namespace HttpCaching.PackageTests;

/// <summary>All packages, packed once into a folder outside of the repository.</summary>
public sealed class PackedPackages : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("cachecontrol-packages-");

    /// <summary>A version of this run alone, so that no cache of packages answers with another build.</summary>
    public string Version { get; } = $"0.0.0-test{Guid.NewGuid():N}";

    /// <summary>The folder with the packages.</summary>
    public string Folder => Path.Combine(_directory.FullName, "packed");

    public async Task InitializeAsync()
    {
        foreach (var (_, directory) in Source.Packages)
        {
            var packed = await Sdk.RunAsync(
                Source.Root, "pack", directory, "--no-build", "-c", Source.Configuration, "-o", Folder, "-p:MinVerSkip=true", $"-p:PackageVersion={Version}", "-v", "quiet");
            packed.ExitCode.Should().Be(0, packed.Output);
        }
    }

    public Task DisposeAsync()
    {
        _directory.Delete(recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>The path of a package.</summary>
    /// <param name="package">Its name.</param>
    /// <param name="extension">That of the package, or of its symbols.</param>
    /// <returns>The path.</returns>
    public string PathOf(string package, string extension = "nupkg") => Path.Combine(Folder, $"{package}.{Version}.{extension}");

    /// <summary>Makes a folder for a program that uses the packages. It has its own folder of restored packages.</summary>
    /// <param name="project">The name of the project.</param>
    /// <param name="items">Its properties and items, as XML.</param>
    /// <param name="files">Its files, by name.</param>
    /// <returns>The folder.</returns>
    public string WriteProgram(string project, string items, params (string Name, string Text)[] files)
    {
        var folder = Path.Combine(_directory.FullName, project);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "nuget.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="restored" /></config>
              <packageSources><add key="packed" value="{Folder}" /></packageSources>
              <fallbackPackageFolders><add key="built-with" value="{Source.PackageFolder}" /></fallbackPackageFolders>
            </configuration>
            """);
        File.WriteAllText(Path.Combine(folder, project + ".csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <NuGetAudit>false</NuGetAudit>
                <RunAnalyzers>false</RunAnalyzers>
                <UseSharedCompilation>false</UseSharedCompilation>
                <InvariantGlobalization>true</InvariantGlobalization>
              </PropertyGroup>
              {items.Replace("$VERSION", Version, StringComparison.Ordinal)}
            </Project>
            """);
        foreach (var (name, text) in files)
        {
            File.WriteAllText(Path.Combine(folder, name), text);
        }

        return folder;
    }
}
