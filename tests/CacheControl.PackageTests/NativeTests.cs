using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Xunit.Abstractions;

namespace HttpCaching.PackageTests;

/// <summary>The program of tests/CacheControl.AotTest, which uses all libraries, is published from the packed packages without a warning, and runs.</summary>
[Collection(PackageCollection.Name)]
public sealed class NativeTests(PackedPackages packages, ITestOutputHelper output)
{
    [NativeTheory]
    [InlineData("PublishTrimmed")]
    [InlineData("PublishAot")]
    public async Task AProgramWithAllPackages_IsPublishedWithoutWarnings_AndRuns(string publish)
    {
        var references = Source.Packages.Where(p => p.Directory.StartsWith("src/", StringComparison.Ordinal))
            .Select(p => $"""<PackageReference Include="{p.Package}" Version="$VERSION" />""");
        var folder = packages.WriteProgram(
            publish,
            $"""
            <PropertyGroup>
              <OutputType>Exe</OutputType>
              <RuntimeIdentifier>linux-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}</RuntimeIdentifier>
              <{publish}>true</{publish}>
              <SelfContained>true</SelfContained>
              <TrimmerSingleWarn>false</TrimmerSingleWarn>
              <EnableConfigurationBindingGenerator>true</EnableConfigurationBindingGenerator>
            </PropertyGroup>
            <ItemGroup>
              {string.Concat(references)}
              <Using Include="HttpCaching.Storage" />
              <Compile Include="{Source.Root}/tests/CacheControl.AotTest/*.cs" />
            </ItemGroup>
            """);

        var published = await Sdk.RunAsync(folder, "publish", "-c", "Release", "-o", "out", "-v", "quiet");
        published.ExitCode.Should().Be(0, published.Output);
        published.Output.Should().NotContain("warning");

        var port = FreePort();
        using var redis = await NativeCode.StartRedisAsync(port);
        try
        {
            var run = await RunAsync(Path.Combine(folder, "out", publish), redis is null ? [] : [$"127.0.0.1:{port}"]);
            output.WriteLine(run.Output);
            run.ExitCode.Should().Be(0, run.Output);
        }
        finally
        {
            redis?.Kill();
        }
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
