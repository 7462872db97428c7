namespace HttpCaching.PackageTests;

/// <summary>A package that lacks public API of the last release is not packed.</summary>
[Collection(PackageCollection.Name)]
public sealed class BaselineTests(PackedPackages packages) : IDisposable
{
    private const string Package = "CacheControl.DataProtection";

    private readonly DirectoryInfo _baseline = Directory.CreateTempSubdirectory("cachecontrol-baseline-");

    [SdkFact]
    public async Task SameApi_IsPacked()
    {
        File.Copy(packages.PathOf(Package), Path.Combine(_baseline.FullName, Package + ".0.0.1.nupkg"));

        var (code, output) = await PackAsync();

        code.Should().Be(0, output);
    }

    [SdkFact]
    public async Task ApiOfTheLastReleaseIsGone_IsAnErrorThatNamesIt()
    {
        var last = packages.WriteProgram(Package, "<PropertyGroup><Version>0.0.1</Version></PropertyGroup>", ("Gone.cs", "namespace HttpCaching; public static class WasInTheLastRelease;"));
        var packed = await Sdk.RunAsync(last, "pack", "-o", _baseline.FullName, "-v", "quiet");
        packed.ExitCode.Should().Be(0, packed.Output);

        var (code, output) = await PackAsync();

        code.Should().NotBe(0);
        output.Should().Contain("CP0001").And.Contain("WasInTheLastRelease");
    }

    public void Dispose() => _baseline.Delete(recursive: true);

    private async Task<(int ExitCode, string Output)> PackAsync() => await Sdk.RunAsync(
        Source.Root, "pack", "src/" + Package, "--no-build", "-c", Source.Configuration, "-o", Path.Combine(_baseline.FullName, "out"), "-v", "quiet",
        "-p:MinVerSkip=true", "-p:PackageVersion=0.0.2", $"-p:BaselineFolder={_baseline.FullName}", "-p:BaselineVersion=0.0.1");
}
