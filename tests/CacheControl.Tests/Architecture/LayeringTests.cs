using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace CacheControl.Tests.Architecture;

/// <summary>The house rules that a compiler does not check: which folder may use which, where a clock may stand, and how long files are.</summary>
public sealed partial class LayeringTests
{
    private static readonly Dictionary<string, string[]> MayUse = new()
    {
        ["Fields"] = [],
        ["Model"] = ["Fields"],
        ["Policy"] = ["Fields", "Model"],
        ["Storage"] = ["Fields", "Model"],
        ["Http"] = ["Fields", "Model", "Storage"],
        ["Diagnostics"] = ["Model"],
        ["Control"] = ["Fields", "Model", "Policy", "Storage", "Http", "Diagnostics"],
        [""] = ["Fields", "Model", "Policy", "Storage", "Http", "Diagnostics", "Control"],
        ["DependencyInjection"] = ["", "Fields", "Model", "Policy", "Storage", "Http", "Diagnostics", "Control"],
    };

    [Fact]
    public void Folders_UseOnlyWhatIsBelowThem()
    {
        var forbidden = AssemblyArrows.Of(typeof(CachingHandler).Assembly)
            .Select(a => (Arrow: a, From: FolderOf(a.From), To: FolderOf(a.To)))
            .Where(a => a.From is not null && a.To is not null && a.From != a.To && !MayUse[a.From].Contains(a.To))
            .Select(a => $"{a.From} -> {a.To}: {a.Arrow.FromType} uses {a.Arrow.ToType}");

        forbidden.Should().BeEmpty();
    }

    [Fact]
    public void Arrows_AreSeenInBodiesOfLambdasAndAsyncMethods()
    {
        var arrows = AssemblyArrows.Of(typeof(CachingHandler).Assembly).Select(a => (FolderOf(a.From), FolderOf(a.To))).ToHashSet();

        arrows.Should().Contain(("Control", "Policy")).And.Contain(("Policy", "Fields")).And.Contain(("", "Control"));
    }

    [Fact]
    public void Namespaces_FollowTheFolders()
    {
        var wrong = Sources().Where(file =>
        {
            var folder = Path.GetRelativePath(Root(), Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '.');
            var expected = folder == "." ? "CacheControl" : "CacheControl." + folder;
            var declared = NamespaceLine().Match(File.ReadAllText(file)).Groups[1].Value;
            return declared != expected && declared != "Microsoft.Extensions.DependencyInjection";
        });

        wrong.Should().BeEmpty();
    }

    [Fact]
    public void Clocks_StandOnlyWhereTimeIsGivenOrDefaulted()
    {
        var wrong = Sources()
            .Where(file => ClockUse().IsMatch(File.ReadAllText(file)))
            .Select(file => Path.GetRelativePath(Root(), file))
            .Where(file => file is not "HttpCache.cs" and not "HttpCacheOptions.cs" && Path.GetFileName(file) is not "HttpCacheHealthChecksBuilderExtensions.cs" and not "CacheClock.cs" && !file.StartsWith("Storage" + Path.DirectorySeparatorChar, StringComparison.Ordinal));

        wrong.Should().BeEmpty();
    }

    [Fact]
    public void Files_AreShortEnoughToRead()
    {
        var tooLong = Sources().Where(file => File.ReadLines(file).Count() > 400);

        tooLong.Should().BeEmpty();
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"DateTime(Offset)?\.(Utc)?Now|Stopwatch\.|TimeProvider\.System|Environment\.TickCount")]
    private static partial Regex ClockUse();

    private static string? FolderOf(string name) =>
        name == "CacheControl" ? string.Empty
        : name.StartsWith("CacheControl.", StringComparison.Ordinal) ? name.Split('.')[1]
        : name == "Microsoft.Extensions.DependencyInjection" ? "DependencyInjection"
        : null;

    private static IEnumerable<string> Sources() =>
        Directory.EnumerateFiles(Root(), "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(Root(), file).Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"));

    private static string Root([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "..", "src", "CacheControl"));
}
