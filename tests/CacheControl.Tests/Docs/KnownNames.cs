using System.Reflection;
using HttpCaching.Diagnostics;
using HttpCaching.Tests.Settings;
using HttpCaching.Tests.Watching;

namespace HttpCaching.Tests.Docs;

/// <summary>The names that pages may use in code: those of this project, and of the platform that its users see.</summary>
internal static class KnownNames
{
    private const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly HashSet<string> Projects = [.. new[] { "src", "tests" }.SelectMany(folder => Directory.EnumerateDirectories(Repository.PathOf(folder)))
        .Select(path => Path.GetFileName(path))];

    private static readonly Assembly[] OurAssemblies = [.. Loaded(Projects.Contains)];

    private static readonly HashSet<string> Ours = [.. OurAssemblies.SelectMany(NamesOf), .. TestFiles()];

    private static readonly HashSet<string> Platforms = [.. Loaded(name => name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal)
            || name.StartsWith("System.Net.", StringComparison.Ordinal) || name is "System.Private.CoreLib" or "System.Private.Uri" or "System.Collections.Concurrent" or "StackExchange.Redis"
            or "Refit" or "Refit.HttpClientFactory" or "ZiggyCreatures.FusionCache")
        .SelectMany(assembly => assembly.GetExportedTypes()).SelectMany(type => type.GetMembers(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance).Select(member => member.Name).Append(Plain(type.Name)))];

    // What a user sets in a project.
    private static readonly HashSet<string> ProjectProperties = ["AsPackaged", "PublishAot", "PublishReadyToRun", "PublishTrimmed", "RuntimeIdentifier", "TieredCompilation", "TieredPGO"];

    private static readonly HashSet<string> Namespaces = [.. OurAssemblies.SelectMany(assembly => assembly.GetTypes()).Select(type => type.Namespace ?? "")];

    private static readonly HashSet<string> Lines = [.. File.ReadLines(Repository.PathOf("docs/requirements.tsv")).Select(line => line.Split('\t')[0])];

    private static readonly HashSet<string> Watched =
    [
        .. InstrumentTags.Instruments().Select(instrument => instrument.Name),
        .. typeof(SpanNames).GetFields().Select(field => field.GetRawConstantValue() as string ?? ""),
    ];

    /// <summary>Whether a name exists.</summary>
    /// <param name="name">An identifier, a path of them, an instrument or a requirement.</param>
    public static bool Contains(string name) => name switch
    {
        _ when name.StartsWith("cachecontrol.", StringComparison.Ordinal) => Watched.Contains(name),
        _ when name.Contains('-', StringComparison.Ordinal) => Lines.Contains(name),
        _ when Projects.Contains(name) || Namespaces.Contains(name) || ProjectProperties.Contains(name) => true,
        _ when name.Contains('.', StringComparison.Ordinal) => ContainsPath(name.Split('.')),
        _ => Ours.Contains(name) || Platforms.Contains(name) || Platforms.Contains(name + "Attribute"),
    };

    private static bool ContainsPath(string[] path)
    {
        if (TypeOf(path[0]) is not { } type)
        {
            return path.All(part => Ours.Contains(part) || Platforms.Contains(part));
        }

        foreach (var part in path[1..])
        {
            if (type is null)
            {
                return false;
            }

            var member = type.GetMember(part, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.FlattenHierarchy).FirstOrDefault();
            if (member is null)
            {
                return false;
            }

            type = (member as PropertyInfo)?.PropertyType;
        }

        return true;
    }

    /// <summary>The type that a path begins with: a group of options, or a type of ours.</summary>
    private static Type? TypeOf(string name) =>
        typeof(HttpCacheOptions).GetProperties().Where(OptionPath.IsGroup).FirstOrDefault(group => group.Name == name)?.PropertyType
            ?? OurAssemblies.SelectMany(assembly => assembly.GetTypes()).FirstOrDefault(type => Plain(type.Name) == name);

    /// <summary>The assemblies that the tests may load, by their names.</summary>
    private static IEnumerable<Assembly> Loaded(Func<string, bool> isWanted) => ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        .Select(path => Path.GetFileNameWithoutExtension(path)).Where(isWanted).Select(Assembly.Load);

    /// <summary>Tests that pages name are in other projects too.</summary>
    private static IEnumerable<string> TestFiles() =>
        Directory.EnumerateFiles(Repository.PathOf("tests"), "*.cs", SearchOption.AllDirectories).Select(path => Path.GetFileNameWithoutExtension(path));

    private static IEnumerable<string> NamesOf(Assembly assembly) => assembly.GetTypes()
        .SelectMany(type => type.GetMembers(Everything).Select(member => member.Name).Append(Plain(type.Name)))
        .Concat(assembly.GetTypes().SelectMany(type => (type.Namespace ?? "").Split('.')));

    private static string Plain(string name) => name.Split('`')[0];
}
