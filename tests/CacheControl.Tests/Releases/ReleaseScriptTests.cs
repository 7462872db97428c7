namespace HttpCaching.Tests.Releases;

/// <summary>build/release.sh names each bad input in one line with the remedy, and leaves nothing half-made. Packing itself is played by a small script here.</summary>
public sealed class ReleaseScriptTests : IDisposable
{
    private const string Pack = """
        #!/bin/sh
        while [ $# -gt 0 ]; do [ "$1" = -o ] && out=$2; shift; done
        mkdir -p "$out" && printf x >"$out/One.1.2.3.nupkg" && printf x >"$out/One.1.2.3.snupkg"
        """;

    private const string List = "#!/bin/sh\nprintf 'PACKAGE.md\\nlib/net10.0/One.dll\\n'\n";

    private readonly ScriptFolder _folder = new();

    [Fact]
    public void CleanTreeWithEntry_IsADryRunThatKeepsNothing()
    {
        if (!ScriptFolder.HasShell)
        {
            return;
        }

        MakeClone();

        var (code, output) = Release();

        code.Should().Be(0, output);
        output.Should().Contain("1 packages of 1.2.3 are right").And.Contain("--go");
        ShouldHaveLeftNothing();
    }

    [Fact]
    public void Go_TagsAndKeepsThePackages()
    {
        if (!ScriptFolder.HasShell)
        {
            return;
        }

        MakeClone();

        var (code, output) = Release("--go");

        code.Should().Be(0, output);
        Git("tag").Should().Be("v1.2.3\n");
        _folder.Exists("clone/artifacts/v1.2.3/One.1.2.3.nupkg").Should().BeTrue();
    }

    [Theory]
    [InlineData("dirty", "the tree is not clean, first new.txt: commit or remove the changes")]
    [InlineData("no entry", "CHANGELOG.md has no entry: rename '## Unreleased' to '## 1.2.3'")]
    [InlineData("empty entry", "CHANGELOG.md has no entry")]
    [InlineData("no changelog", "CHANGELOG.md has no entry")]
    [InlineData("tagged", "the tag v1.2.3 exists: raise <Version>")]
    [InlineData("wrong version", "has the version '1.2': set one <Version>")]
    [InlineData("pack fails", "dotnet pack failed: error CS1002")]
    [InlineData("no package", "the package One.1.2.3.nupkg was not made")]
    [InlineData("no readme", "One.1.2.3.nupkg has no readme: add PACKAGE.md")]
    [InlineData("argument", "unknown argument '--og': use none for a dry run, or --go")]
    public void BadInput_IsOneLineWithWhatToDo_AndNothingIsLeft(string input, string message)
    {
        if (!ScriptFolder.HasShell)
        {
            return;
        }

        MakeClone(
            changelog: input switch { "no entry" => "## Unreleased\n\n- More.\n", "empty entry" => "## 1.2.3\n\n## 1.2.2\n\n- Old.\n", _ => "## 1.2.3\n\n- First.\n" },
            version: input == "wrong version" ? "1.2" : "1.2.3",
            pack: input switch { "pack fails" => "#!/bin/sh\necho 'error CS1002: ; expected'\nexit 1\n", "no package" => "#!/bin/sh\n", _ => Pack },
            list: input == "no readme" ? "#!/bin/sh\nprintf 'lib/net10.0/One.dll\\n'\n" : List);
        Spoil(input);

        var (code, output) = Release(input == "argument" ? "--og" : "--go");

        code.Should().Be(1);
        output.TrimEnd('\n').Should().StartWith("release: ").And.Contain(message).And.NotContain("\n");
        ShouldHaveLeftNothing(input == "tagged" ? "v1.2.3\n" : "");
    }

    public void Dispose() => _folder.Dispose();

    private void Spoil(string input)
    {
        switch (input)
        {
            case "dirty":
                _folder.Write("clone/new.txt", "");
                break;
            case "no changelog":
                Git("rm", "-q", "CHANGELOG.md");
                Git("commit", "-qm", "Forget");
                break;
            case "tagged":
                Git("tag", "v1.2.3");
                break;
        }
    }

    private void MakeClone(string changelog = "## 1.2.3\n\n- First.\n", string version = "1.2.3", string pack = Pack, string list = List)
    {
        _folder.CopyFromRepository("build/release.sh");
        _folder.Write("clone/Directory.Build.props", $"<Project>\n  <Version>{version}</Version>\n</Project>\n");
        _folder.Write("clone/CHANGELOG.md", "# Changelog\n\n" + changelog);
        _folder.Write("clone/.gitignore", "artifacts/\n");
        _folder.Write("clone/src/One/One.csproj", "<Project />\n");
        _folder.WriteProgram("dotnet", pack);
        _folder.WriteProgram("unzip", list);
        Git("init", "-q");
        Git("config", "user.name", "T");
        Git("config", "user.email", "t@example.org");
        Git("add", "-A");
        Git("commit", "-qm", "First");
    }

    private void ShouldHaveLeftNothing(string tags = "")
    {
        Git("tag").Should().Be(tags);
        _folder.Exists("clone/artifacts").Should().BeFalse();
        Directory.EnumerateFileSystemEntries(_folder.PathOf("tmp")).Should().BeEmpty();
    }

    private string Git(params string[] arguments) => _folder.Git(arguments);

    private (int Code, string Output) Release(params string[] arguments) => _folder.Run("bash", ["build/release.sh", .. arguments]);
}
