using System.Reflection;
using System.Text.RegularExpressions;

namespace HttpCaching.Tests.Architecture;

/// <summary>The house rules that a compiler does not check: which folder may use which, where a clock may stand, and how long files are.</summary>
public sealed partial class LayeringTests
{
    private static readonly SourceFolders Core = SourceFolders.Of("CacheControl");

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
        var forbidden = Arrows()
            .Select(a => (Arrow: a, From: Top(a.From), To: Top(a.To)))
            .Where(a => a.From != a.To && !MayUse[a.From].Contains(a.To))
            .Select(a => $"{a.From} -> {a.To}: {a.Arrow.FromType} uses {a.Arrow.ToType}");

        forbidden.Should().BeEmpty();
    }

    [Fact]
    public void Arrows_AreSeenInBodiesOfLambdasAndAsyncMethods()
    {
        var arrows = Arrows().Select(a => (Top(a.From), Top(a.To))).ToHashSet();

        arrows.Should().Contain(("Control", "Policy")).And.Contain(("Policy", "Fields")).And.Contain(("", "Control"));
    }

    [Fact]
    public void Namespaces_FollowTheFoldersOrAreTheUsers()
    {
        var wrong = Core.Files.Where(file =>
        {
            var text = File.ReadAllText(file);
            var folder = Path.GetRelativePath(Core.Root, Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '.');
            var expected = folder == "." ? "HttpCaching" : "HttpCaching." + folder;
            var declared = NamespaceLine().Match(text).Groups[1].Value;
            var isPublic = PublicLine().IsMatch(text);
            return declared != expected && !(isPublic && declared is "HttpCaching" or "HttpCaching.Storage" or "Microsoft.Extensions.DependencyInjection");
        });

        wrong.Should().BeEmpty();
    }

    [Fact]
    public void PublicTypes_HaveTheNamespaceOfUsersOrOfAuthorsOfStores()
    {
        Assembly[] packages =
        [
            typeof(CachingHandler).Assembly,
        ];

        packages.SelectMany(package => package.GetExportedTypes()).Select(type => type.Namespace).Distinct()
            .Should().BeSubsetOf(["HttpCaching", "HttpCaching.Storage", "Microsoft.Extensions.DependencyInjection"]);
    }

    [Fact]
    public void Clocks_StandOnlyWhereTimeIsGivenOrDefaulted()
    {
        var wrong = Core.Files
            .Where(file => ClockUse().IsMatch(File.ReadAllText(file)))
            .Select(file => Path.GetRelativePath(Core.Root, file))
            .Where(file => file is not "HttpCache.cs" and not "HttpCacheOptions.cs" && Path.GetFileName(file) is not "HttpCacheHealthChecksBuilderExtensions.cs" and not "CacheClock.cs" && !file.StartsWith("Storage" + Path.DirectorySeparatorChar, StringComparison.Ordinal));

        wrong.Should().BeEmpty();
    }

    [Fact]
    public void Files_AreShortEnoughToRead()
    {
        var tooLong = Core.Files.Where(file => File.ReadLines(file).Count() > 400);

        tooLong.Should().BeEmpty();
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex("^public ", RegexOptions.Multiline)]
    private static partial Regex PublicLine();

    [GeneratedRegex(@"DateTime(Offset)?\.(Utc)?Now|Stopwatch\.|TimeProvider\.System|Environment\.TickCount")]
    private static partial Regex ClockUse();

    private static IReadOnlyCollection<Arrow> Arrows() => AssemblyArrows.Of(typeof(CachingHandler).Assembly, Core);

    private static string Top(string folder) => folder.Split('/')[0];
}
