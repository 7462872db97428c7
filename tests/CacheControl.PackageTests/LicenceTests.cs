using System.Text.Json;
using System.Xml.Linq;

namespace HttpCaching.PackageTests;

/// <summary>The licence of everything that the packages bring along is known, and permits any use.</summary>
public sealed class LicenceTests
{
    private static readonly string[] Permitted = ["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause"];

    // Packages from before the expressions of licences: the text behind the link was read.
    private static readonly Dictionary<string, string> Read = new()
    {
        ["System.Configuration.ConfigurationManager"] = "MIT: github.com/dotnet/corefx, LICENSE.TXT",
        ["System.Security.Cryptography.ProtectedData"] = "MIT: github.com/dotnet/corefx, LICENSE.TXT",
        ["xunit.abstractions"] = "Apache-2.0: github.com/xunit/xunit, license.txt",
    };

    [Fact]
    public void EveryDependency_HasAPermittedLicence()
    {
        var others = Source.Packages.SelectMany(p => Dependencies(p.Directory)).Distinct()
            .Select(d => (d.Name, Licence: Licence(d.Name, d.Folder)))
            .Where(d => !Permitted.Contains(d.Licence) && !Read.ContainsKey(d.Name)).ToArray();

        others.Should().BeEmpty("a licence has to be permitted here, or read and entered with what it is");
    }

    [Fact]
    public void EveryLicenceThatWasRead_IsStillNeeded() =>
        Read.Keys.Should().BeSubsetOf(Source.Packages.SelectMany(p => Dependencies(p.Directory)).Select(d => d.Name));

    private static IEnumerable<(string Name, string Folder)> Dependencies(string directory)
    {
        using var assets = JsonDocument.Parse(File.ReadAllText(Path.Combine(Source.Root, directory, "obj", "project.assets.json")));
        var folders = assets.RootElement.GetProperty("packageFolders").EnumerateObject().Select(f => f.Name).ToArray();
        return [.. assets.RootElement.GetProperty("libraries").EnumerateObject()
            .Where(library => library.Value.GetProperty("type").GetString() == "package")
            .Select(library => (library.Name.Split('/')[0], folders.Select(f => Path.Combine(f, library.Value.GetProperty("path").GetString()!)).First(Directory.Exists)))];
    }

    private static string Licence(string name, string folder)
    {
        var metadata = XDocument.Load(Path.Combine(folder, name.ToLowerInvariant() + ".nuspec")).Root!.Elements().Single();
        var licence = metadata.Elements().FirstOrDefault(e => e.Name.LocalName == "license");
        return licence?.Attribute("type")?.Value == "expression" ? licence.Value : $"no expression, but {licence?.Value ?? "a link"}";
    }
}
