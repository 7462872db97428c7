using System.Text.RegularExpressions;

namespace HttpCaching.PackageTests;

/// <summary>
/// Programs that merely refer to the package compile, whatever they call <c>CacheControl</c>: a namespace of that name would hide it (CS0118). The first programs of
/// docs/getting-started.md need no other using than <c>HttpCaching</c>.
/// </summary>
[Collection(PackageCollection.Name)]
public sealed class CompiledAgainstThePackage(PackedPackages packages)
{
    [SdkFact]
    public async Task Programs_AgainstThePackedPackage_Compile()
    {
        var folder = packages.WriteProgram(
            "Programs",
            """
            <ItemGroup>
              <FrameworkReference Include="Microsoft.AspNetCore.App" />
              <PackageReference Include="CacheControl" Version="$VERSION" />
            </ItemGroup>
            """,
            [.. Programs().Select(p => (p.Name + ".cs", p.Text))]);

        var built = await Sdk.RunAsync(folder, "build", "-v", "quiet");

        built.ExitCode.Should().Be(0, built.Output);
    }

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
        Regex.Match(File.ReadAllText(Path.Combine(Source.Root, "docs", "getting-started.md")).ReplaceLineEndings("\n"), $"<!-- snippet: {name} -->\n```csharp\n(.*?)```", RegexOptions.Singleline) is { Success: true } block
            ? block.Groups[1].Value
            : throw new InvalidOperationException($"docs/getting-started.md has no snippet {name}.");
}
