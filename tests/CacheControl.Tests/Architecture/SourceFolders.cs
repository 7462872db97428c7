using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace HttpCaching.Tests.Architecture;

/// <summary>In which folder of a package each type is declared. Namespaces don't tell: public types have the users' namespaces wherever they are declared.</summary>
internal sealed partial class SourceFolders
{
    private readonly Dictionary<string, string> _folders = [];

    private SourceFolders(string package)
    {
        Root = Path.Combine(Source(), package);
        foreach (var file in Files)
        {
            var text = File.ReadAllText(file);
            var folder = Path.GetRelativePath(Root, Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '/');
            foreach (Match type in TypeLine().Matches(text))
            {
                _folders[NamespaceLine().Match(text).Groups[1].Value + "." + type.Groups[1].Value] = folder == "." ? string.Empty : folder;
            }
        }
    }

    /// <summary>The folder of the package.</summary>
    public string Root { get; }

    /// <summary>The source files of the package.</summary>
    public IEnumerable<string> Files =>
        Directory.EnumerateFiles(Root, "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(Root, file).Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"));

    public static SourceFolders Of(string package) => new(package);

    /// <summary>The folder that declares the type, relative to the package, empty for the package's own; null for a type that the compiler made.</summary>
    public string? FolderOf(Type type)
    {
        while (type.DeclaringType is { } outer)
        {
            type = outer;
        }

        return _folders.GetValueOrDefault((type.Namespace ?? string.Empty) + "." + type.Name.Split('`')[0]);
    }

    [GeneratedRegex(@"^(?:(?:public|internal|static|sealed|abstract|readonly|partial|ref|unsafe) )*(?:class|record struct|record class|record|struct|interface|enum|delegate [\w<>\[\],?. ]+) (\w+)", RegexOptions.Multiline)]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    private static string Source([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "..", "src"));
}
