using System.Reflection;
using System.Text.RegularExpressions;
using HttpCaching.Control;

namespace HttpCaching.Tests.Architecture;

/// <summary>The house rules that a compiler does not check: which folder may use which, where a clock may stand, and how long files are.</summary>
public sealed partial class LayeringTests
{
    private static readonly SourceFolders Core = SourceFolders.Of("CacheControl");

    private static readonly string[] Seam = ["Fields", "Model", "Storage", "Storage/Format"];
    private static readonly string[] Rooms = ["Control/Time", "Control/Keys", "Control/Rules", "Control/Guard", "Control/Flights"];
    private static readonly string[] BelowControl = ["Fields", "Fields/Text", "Fields/Structured", "Model", "Policy", "Storage", "Storage/InMemory", "Storage/Files", "Storage/Tiers", "Http", "Diagnostics"];

    /// <summary>Which folder may use which, by package; a folder that is missing may use none.</summary>
    private static readonly Dictionary<string, Dictionary<string, string[]>> MayUse = new()
    {
        ["CacheControl"] = new()
        {
            ["Fields"] = ["Fields/Text", "Fields/Structured"],
            ["Fields/Structured"] = ["Fields/Text"],
            ["Model"] = ["Fields", "Fields/Text", "Fields/Structured"],
            ["Policy"] = ["Fields", "Fields/Text", "Fields/Structured", "Model"],
            ["Storage"] = Seam,
            ["Storage/Format"] = ["Fields", "Model"],
            ["Storage/InMemory"] = Seam,
            ["Storage/Files"] = Seam,
            ["Storage/Tiers"] = Seam,
            ["Http"] = ["Fields", "Fields/Text", "Model", "Storage"],
            ["Diagnostics"] = ["Model"],
            ["Control/Time"] = ["Storage"],
            ["Control/Keys"] = ["Fields", "Model", "Policy", "Http", "Diagnostics"],
            ["Control/Rules"] = ["Policy", "Http", "Control/Keys"],
            ["Control/Guard"] = ["Control/Time", "Fields", "Model", "Storage", "Diagnostics"],
            ["Control/Flights"] = ["Control/Time", "Control/Guard", "Fields", "Model", "Policy", "Storage", "Http", "Diagnostics"],
            ["Control"] = [.. BelowControl, .. Rooms],
            ["Inspection"] = [.. BelowControl, .. Rooms, "Control"],
            [""] = [.. BelowControl, .. Rooms, "Control", "Inspection"],
            ["DependencyInjection"] = [.. BelowControl, .. Rooms, "Control", ""],
        },
        ["CacheControl.Sqlite"] = new() { [""] = ["Engine"] },
        ["CacheControl.Redis"] = new()
        {
            ["Connection"] = ["Scripts"],
            ["Flights"] = ["Connection", "Scripts"],
            ["Changes"] = ["Connection", "Keys", "Records", "Scripts"],
            ["Bodies"] = ["Changes", "Connection", "Keys", "Records", "Scripts"],
            ["Backplane"] = ["Changes", "Connection", "Keys"],
            ["Maintenance"] = ["Changes", "Connection", "Keys", "Records"],
            [""] = ["Backplane", "Bodies", "Changes", "Connection", "Flights", "Keys", "Maintenance", "Records", "Scripts"],
        },
        ["CacheControl.DistributedCache"] = new() { [""] = ["Engines"] },
        ["CacheControl.DataProtection"] = new(),
        ["CacheControl.OpenTelemetry"] = new(),
        ["CacheControl.AspNetCore"] = new(),
    };

    public static TheoryData<string> Packages => [.. MayUse.Keys];

    [Theory]
    [MemberData(nameof(Packages))]
    public void Folders_UseOnlyWhatIsBelowThem(string package)
    {
        var forbidden = AssemblyArrows.Of(Assembly.Load(package), SourceFolders.Of(package))
            .Where(a => !(MayUse[package].GetValueOrDefault(a.From) ?? []).Contains(a.To))
            .Select(a => $"{a.From} -> {a.To}: {a.FromType} uses {a.ToType}");

        forbidden.Should().BeEmpty();
    }

    [Fact]
    public void Arrows_AreSeenInBodiesOfLambdasAndAsyncMethods()
    {
        var arrows = Arrows().Select(a => (Top(a.From), Top(a.To))).ToHashSet();

        arrows.Should().Contain(("Control", "Policy")).And.Contain(("Policy", "Fields")).And.Contain(("", "Control"));
    }

    [Fact]
    public void Walk_HasNoCircleOfTypes()
    {
        var uses = AssemblyArrows.Within(typeof(CachingHandler).Assembly, Core, "Control");

        // What uses only types that are taken out already is in no circle.
        while (uses.Keys.Where(type => uses[type].All(used => !uses.ContainsKey(used))).ToArray() is { Length: > 0 } free)
        {
            Array.ForEach(free, type => uses.Remove(type));
        }

        uses.Select(type => $"{type.Key.Name} uses {string.Join(", ", type.Value.Where(uses.ContainsKey).Select(used => used.Name))}").Should().BeEmpty();
    }

    [Fact]
    public void Arrows_OfTheWalk_LeadFromTheControllerToTheBackground()
    {
        var uses = AssemblyArrows.Within(typeof(CachingHandler).Assembly, Core, "Control");

        uses[typeof(Controller)].Should().Contain([typeof(CollapsedWalk), typeof(OriginWalk), typeof(BackgroundValidator)]);
        uses[typeof(CollapsedWalk)].Should().Contain(typeof(OriginWalk));
        uses[typeof(OriginWalk)].Should().Contain(typeof(BackgroundValidator));
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
        MayUse.Keys.Select(Assembly.Load).SelectMany(package => package.GetExportedTypes()).Select(type => type.Namespace).Distinct()
            .Should().BeSubsetOf(["HttpCaching", "HttpCaching.Storage", "Microsoft.AspNetCore.Builder", "Microsoft.Extensions.DependencyInjection", "OpenTelemetry.Metrics", "OpenTelemetry.Trace"]);
    }

    [Fact]
    public void Clocks_StandOnlyWhereTimeIsGivenOrDefaulted()
    {
        var wrong = Core.Files
            .Where(file => ClockUse().IsMatch(File.ReadAllText(file)))
            .Select(file => Path.GetRelativePath(Core.Root, file))
            .Where(file => file is not "HttpCache.cs" and not "HttpCacheOptions.cs" && Path.GetFileName(file) is not "HttpCacheHealthChecksBuilderExtensions.cs" and not "CacheClock.cs" and not "RandomId.cs" && !file.StartsWith("Storage" + Path.DirectorySeparatorChar, StringComparison.Ordinal));

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
