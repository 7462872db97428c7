using System.Globalization;
using System.Text.RegularExpressions;

namespace HttpCaching.PackageTests;

/// <summary>A new project outside of the repository that refers to one package builds and runs, as does the code of the package's page.</summary>
[Collection(PackageCollection.Name)]
public sealed class ConsumerTests(PackedPackages packages)
{
    // The registration of each package's program, and whether its second request is a hit: nothing listens where the one of Redis asks.
    public static TheoryData<string, string, bool> Programs() => new()
    {
        { "CacheControl", "services.AddHttpCaching();", true },
        { "CacheControl.AspNetCore", "services.AddHttpCaching();", true },
        { "CacheControl.DataProtection", "services.AddDataProtection(); services.AddHttpCaching().UseProtectedFileSystem(\"cache\");", true },
        { "CacheControl.DistributedCache", "services.AddSingleton<Microsoft.Extensions.Caching.Distributed.IDistributedCache, HttpCaching.AotTest.DictionaryCache>(); services.AddHttpCaching().UseDistributedCache();", true },
        { "CacheControl.OpenTelemetry", "services.AddHttpCaching();", true },
        { "CacheControl.Redis", "services.AddHttpCaching().UseRedis(\"127.0.0.1:1,abortConnect=false,connectTimeout=100\");", false },
        { "CacheControl.Sqlite", "services.AddHttpCaching().UseSqlite(\"cache.db\");", true },
    };

    [SdkTheory]
    [MemberData(nameof(Programs))]
    public async Task AProgramThatUsesThePackage_BuildsAndRuns(string package, string registration, bool hits)
    {
        var sources = Path.Combine(Source.Root, "tests", "CacheControl.AotTest");
        var folder = packages.WriteProgram(
            "Use." + package,
            $"""
            <PropertyGroup><OutputType>Exe</OutputType></PropertyGroup>
            <ItemGroup>
              <PackageReference Include="{package}" Version="$VERSION" />
              <Compile Include="{sources}/CountingOrigin.cs" />
              <Compile Include="{sources}/DictionaryCache.cs" Condition="'{package}' == 'CacheControl.DistributedCache'" />
            </ItemGroup>
            """,
            ("Program.cs", $$"""
            using HttpCaching;
            using HttpCaching.AotTest;
            using Microsoft.Extensions.DependencyInjection;

            var services = new ServiceCollection();
            {{registration}}
            services.AddHttpClient("api").ConfigurePrimaryHttpMessageHandler(() => new CountingOrigin());
            services.AddHttpClient("api").AddHttpCaching();
            using var provider = services.BuildServiceProvider();
            using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("api");
            using var first = await client.GetAsync("https://example.org/a");
            using var second = await client.GetAsync("https://example.org/a");
            Console.WriteLine($"{(int)second.StatusCode} hit: {second.GetCacheStatus()!.Hit}");
            """),
            ("PackagePage.cs", Page(package)));

        var run = await Sdk.RunAsync(folder, "run");

        run.Output.Should().Contain($"200 hit: {hits}");
        run.ExitCode.Should().Be(0, run.Output);
    }

    [SdkFact]
    public async Task TheFirstRequestOfAProgram_FindsMostOfItsCodeCompiled()
    {
        var folder = packages.WriteProgram(
            "Use.Start",
            """
            <PropertyGroup><OutputType>Exe</OutputType></PropertyGroup>
            <ItemGroup><PackageReference Include="CacheControl" Version="$VERSION" /></ItemGroup>
            """,
            ("Program.cs", """
            using System.Net;
            using System.Runtime;
            using HttpCaching;

            using var client = new HttpClient(new CachingHandler(new CachingHandlerSettings()) { InnerHandler = new Origin() });
            var before = JitInfo.GetCompiledMethodCount();
            await client.GetStringAsync("https://example.org/a");
            await client.GetStringAsync("https://example.org/a");
            Console.WriteLine($"compiled: {JitInfo.GetCompiledMethodCount() - before}");

            internal sealed class Origin : HttpMessageHandler
            {
                protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(
                    new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request, Content = new StringContent("a"), Headers = { { "Cache-Control", "max-age=60" } } });
            }
            """));

        var run = await Sdk.RunAsync(folder, "run");

        // Some 200 with the image, nearly all of them generic methods of the platform for types of the package; 1,150 without it.
        var compiled = int.Parse(Regex.Match(run.Output, "compiled: ([0-9]+)").Groups[1].Value, CultureInfo.InvariantCulture);
        compiled.Should().BeLessThan(Source.IsPrecompiledHere ? 300 : 2_000, run.Output);
    }

    [SdkFact]
    public async Task TheStoreContract_RunsInANewTestProject()
    {
        var folder = packages.WriteProgram(
            "Use.Contract",
            """
            <ItemGroup>
              <PackageReference Include="CacheControl.StoreContract" Version="$VERSION" />
              <PackageReference Include="Microsoft.NET.Test.Sdk" Version="18.11.0" />
              <PackageReference Include="xunit" Version="2.9.3" />
              <PackageReference Include="xunit.runner.visualstudio" Version="3.1.5" />
            </ItemGroup>
            """,
            ("MyStoreTests.cs", Code("CacheControl.StoreContract")));

        var run = await Sdk.RunAsync(folder, "test");

        run.Output.Should().Contain("Passed!");
        run.ExitCode.Should().Be(0, run.Output);
    }

    /// <summary>The code of the package's page, as a method that compiles.</summary>
    private static string Page(string package)
    {
        var lines = Code(package).Split('\n');
        return $$"""
            {{string.Join('\n', lines.Where(IsUsing))}}

            internal static class PackagePage
            {
            #pragma warning disable CS1998, CS8321
                public static async Task Start()
                {
                    {{string.Join('\n', lines.Where(line => !IsUsing(line)))}}
                }
            }
            """;
    }

    private static bool IsUsing(string line) => line.StartsWith("using ", StringComparison.Ordinal) && !line.Contains('=', StringComparison.Ordinal);

    private static string Code(string package)
    {
        var page = File.ReadAllText(Path.Combine(Source.Root, Source.Packages.Single(p => p.Package == package).Directory, "PACKAGE.md")).ReplaceLineEndings("\n");
        return Regex.Match(page, "```csharp\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
    }
}
