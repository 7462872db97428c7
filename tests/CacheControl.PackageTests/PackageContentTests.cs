using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Xml.Linq;

namespace HttpCaching.PackageTests;

/// <summary>What is in each package, and what its page shows.</summary>
[Collection(PackageCollection.Name)]
public sealed class PackageContentTests(PackedPackages packages)
{
    public static TheoryData<string> Packages() => new(Source.Packages.Select(p => p.Package));

    [Fact]
    public void EveryPackableProject_IsAmongTheTestedPackages() =>
        Directory.EnumerateFiles(Source.Root, "*.csproj", SearchOption.AllDirectories)
            .Where(path => File.ReadAllText(path).Contains("<IsPackable>true</IsPackable>", StringComparison.Ordinal))
            .Select(Path.GetFileNameWithoutExtension).Should().BeEquivalentTo(Source.Packages.Select(p => p.Package));

    [SdkTheory]
    [MemberData(nameof(Packages))]
    public void EachPackage_HasAPage_AnIcon_ReleaseNotes_AndDocumentation(string package)
    {
        using var archive = ZipFile.OpenRead(packages.PathOf(package));
        var metadata = Nuspec(archive);
        string? Value(string name) => metadata.Elements().SingleOrDefault(e => e.Name.LocalName == name)?.Value;

        Value("version").Should().Be(packages.Version);
        Value("license").Should().Be("MIT");
        Value("readme").Should().Be("README.md");
        Value("icon").Should().Be("icon.png");
        Value("tags").Should().Contain("http").And.Contain("rfc9111");
        Value("projectUrl").Should().StartWith("https://github.com/");
        Value("description").Should().NotBeNullOrEmpty();
        Value("releaseNotes").Should().NotBeNullOrEmpty().And.NotContain("## ");
        metadata.Elements().Single(e => e.Name.LocalName == "repository").Attribute("url")!.Value.Should().Be(Value("projectUrl"));
        archive.Entries.Select(e => e.FullName).Should().Contain(["README.md", "icon.png", $"lib/net10.0/{package}.dll", $"lib/net10.0/{package}.xml"]);
        Read(archive, "README.md").Should().StartWith("# " + package);
        Read(archive, "icon.png").Should().NotBeEmpty();
        metadata.Descendants().Where(e => e.Name.LocalName == "dependency" && e.Attribute("id")!.Value.StartsWith("CacheControl", StringComparison.Ordinal))
            .Select(e => e.Attribute("version")!.Value).Should().Equal(package == "CacheControl" ? [] : [packages.Version]);
    }

    [SdkTheory]
    [MemberData(nameof(Packages))]
    public void EachPackage_HasSymbols_ThatLinkToTheSources(string package)
    {
        using var archive = ZipFile.OpenRead(packages.PathOf(package, "snupkg"));

        var symbols = Read(archive, $"lib/net10.0/{package}.pdb");

        // Built from an archive of the sources, there is no commit to link to.
        if (Path.Exists(Path.Combine(Source.Root, ".git")))
        {
            symbols.Should().Contain("https://raw.githubusercontent.com/cachecontrol/cachecontrol-dotnet/");
        }
    }

    [SdkFact]
    public void TheCore_HasAnImageForThisPlatform_OfTheSameAssembly()
    {
        using var archive = ZipFile.OpenRead(packages.PathOf("CacheControl"));
        var images = archive.Entries.Where(e => e.FullName.StartsWith("runtimes/", StringComparison.Ordinal)).Select(e => e.FullName).ToList();

        images.Should().BeEquivalentTo(Source.IsPrecompiledHere ? [$"runtimes/{Source.Platform}/lib/net10.0/CacheControl.dll"] : Array.Empty<string>());
        foreach (var image in images)
        {
            using var precompiled = Portable(archive, image);
            using var plain = Portable(archive, "lib/net10.0/CacheControl.dll");
            Version(precompiled).Should().Be(Version(plain));
            precompiled.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size.Should().BePositive("that is where compiled code is told of");
            plain.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size.Should().Be(0);
        }
    }

    private static PEReader Portable(ZipArchive archive, string name)
    {
        using var stream = archive.GetEntry(name)!.Open();
        var copy = new MemoryStream();
        stream.CopyTo(copy);
        copy.Position = 0;
        return new PEReader(copy);
    }

    private static Guid Version(PEReader image)
    {
        var metadata = image.GetMetadataReader();
        return metadata.GetGuid(metadata.GetModuleDefinition().Mvid);
    }

    private static XElement Nuspec(ZipArchive archive)
    {
        using var stream = archive.Entries.Single(e => e.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(stream).Root!.Elements().Single();
    }

    private static string Read(ZipArchive archive, string name)
    {
        using var reader = new StreamReader(archive.GetEntry(name)!.Open(), Encoding.Latin1);
        return reader.ReadToEnd();
    }
}
