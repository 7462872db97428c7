namespace HttpCaching.Tests.Releases;

/// <summary>build/site.sh names each failure in one line with the remedy, and leaves the former site as it was. docfx is played by a small script here.</summary>
public sealed class SiteScriptTests : IDisposable
{
    private const string Docfx = """
        #!/bin/sh
        case "$1 $2" in
          'tool restore') [ ! -e no-network ] || { echo 'error NU1301: Unable to load the service index'; exit 1; } ;;
          'docfx metadata') [ ! -e bad-reference ] || { echo 'warning: InvalidCref: One.Two'; exit 1; } ;;
          'docfx build') [ ! -e bad-page ] || { echo 'Building'; echo "docs/page.md(1,1): warning InvalidFileLink: no-page.md"; echo 'Build failed.'; exit 1; }
            mkdir "$(dirname "$3")/_site" && cp "$(dirname "$3")"/docs/* "$(dirname "$3")/_site" ;;
          *) [ ! -e dead-link ] || { echo 'docs/page.html links to nothing.html'; exit 1; } ;;
        esac
        """;

    private readonly ScriptFolder _folder = new();

    [Fact]
    public void Site_TakesThePlaceOfTheFormerOne_WithItsContentsByTask()
    {
        if (!ScriptFolder.HasShell)
        {
            return;
        }

        MakeClone();

        var (code, output) = _folder.Run("bash", ["build/site.sh"]);

        code.Should().Be(0, output);
        _folder.Exists("clone/artifacts/site/former.html").Should().BeFalse();
        _folder.Read("clone/artifacts/site/toc.yml").Should().Be("""
            - name: Do it
              expanded: true
              items:
              - name: "A page"
                href: page.md
              - name: "Another"
                href: another.md

            """.ReplaceLineEndings("\n"));
        _folder.Read("clone/artifacts/site/page.md").Should().Be("[first](index.md#a), [start](../index.md), [sample](../samples/One/README.md)\n");
        ShouldHaveLeftNothing();
    }

    [Theory]
    [InlineData("no-network", "docfx could not be installed: is the package source")]
    [InlineData("bad-reference", "the reference could not be made: warning: InvalidCref: One.Two")]
    [InlineData("bad-page", "the site could not be built: docs/page.md(1,1): warning InvalidFileLink: no-page.md")]
    [InlineData("dead-link", "the site has a dead link: docs/page.html links to nothing.html")]
    [InlineData("no-table", "docs/README.md has no table of pages by task: restore it")]
    [InlineData("no-picture", "a picture or a data file of docs, LICENSE or build/package/icon.svg is missing: restore it")]
    [InlineData("no-dotnet", "dotnet is missing: install the .NET SDK that global.json names")]
    public void Failure_IsOneLineWithWhatToDo_AndTheFormerSiteStays(string input, string message)
    {
        if (!ScriptFolder.HasShell)
        {
            return;
        }

        MakeClone();
        _folder.Write("clone/" + input, "");
        if (input == "no-table")
        {
            _folder.Write("clone/docs/README.md", "# Documentation\n");
        }

        if (input == "no-picture")
        {
            File.Delete(_folder.PathOf("clone/build/package/icon.svg"));
        }

        var (code, output) = _folder.Run("bash", ["build/site.sh"], input == "no-dotnet" ? PathWithoutDotnet() : null);

        code.Should().Be(1);
        output.TrimEnd('\n').Should().StartWith("build/site.sh: ").And.Contain(message).And.NotContain("\n");
        _folder.Exists("clone/artifacts/site/former.html").Should().BeTrue();
        ShouldHaveLeftNothing();
    }

    public void Dispose() => _folder.Dispose();

    private void MakeClone()
    {
        _folder.CopyFromRepository("build/site.sh");
        foreach (var page in new[] { "README", "CHANGELOG", "CONTRIBUTING", "CODE_OF_CONDUCT", "SECURITY", "SUPPORT", "docs/another", "samples/One/README", "tests/One/README" })
        {
            _folder.Write($"clone/{page}.md", "# A page\n");
        }

        _folder.Write("clone/docs/README.md", "# Documentation\n\n| To | Read |\n|---|---|\n| do it | [a page](page.md), [another](another.md), with [data](data.json) |\n");
        _folder.Write("clone/docs/page.md", "[first](README.md#a), [start](../README.md), [sample](../samples/One/README.md)\n");
        foreach (var file in new[] { "docs/a.svg", "docs/a.json", "docs/a.yml", "docs/a.tsv", "LICENSE", "build/package/icon.svg", "build/site/docfx.json", "build/site/template/public/main.css", "src/CacheControl/CacheControl.csproj", "src/CacheControl.One/CacheControl.One.csproj", "tests/CacheControl.StoreContract/CacheControl.StoreContract.csproj" })
        {
            _folder.Write("clone/" + file, "");
        }

        _folder.Write("clone/artifacts/site/former.html", "");
        _folder.WriteProgram("dotnet", Docfx);
    }

    private string PathWithoutDotnet()
    {
        foreach (var tool in new[] { "dirname", "bash" })
        {
            _folder.Write("tools/" + tool, "");
            File.Delete(_folder.PathOf("tools/" + tool));
            File.CreateSymbolicLink(_folder.PathOf("tools/" + tool), File.Exists("/usr/bin/" + tool) ? "/usr/bin/" + tool : "/bin/" + tool);
        }

        return _folder.PathOf("tools");
    }

    private void ShouldHaveLeftNothing()
    {
        Directory.EnumerateFileSystemEntries(_folder.PathOf("clone/artifacts")).Select(Path.GetFileName).Should().Equal("site");
        Directory.EnumerateFileSystemEntries(_folder.PathOf("tmp")).Should().BeEmpty();
    }
}
