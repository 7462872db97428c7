namespace HttpCaching.Tests.Releases;

/// <summary>build/release.sh names each bad input in one line with the remedy, and leaves nothing half-made. Packing itself is played by a small script here.</summary>
public sealed class ReleaseScriptTests : IDisposable
{
    private const string Pack = """
        #!/bin/sh
        printf '%s\n' "$@" >../arguments
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

        var (code, output) = Release("1.2.3");

        code.Should().Be(0, output);
        output.Should().Contain("1 packages of 1.2.3 are right").And.Contain("compared with no earlier packages").And.Contain("build/release.sh 1.2.3 --go");
        _folder.Read("arguments").Should().Contain("-p:MinVerVersionOverride=1.2.3\n").And.NotContain("Baseline");
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

        var (code, output) = Release("1.2.3", "--go");

        code.Should().Be(0, output);
        Git("tag").Should().Be("v1.2.3\n");
        _folder.Exists("clone/artifacts/v1.2.3/One.1.2.3.nupkg").Should().BeTrue();
    }

    [Theory]
    [InlineData("v1.2.2", true)]
    [InlineData("v1.0.0-preview.1", true)]
    [InlineData("v0.9.0", false)]
    public void PackagesOfTheLastTag_AreTheBaseline_IfTheVersionPromisesCompatibility(string tag, bool isBaseline)
    {
        if (!ScriptFolder.HasShell)
        {
            return;
        }

        MakeClone();
        Git("tag", "v0.1.0");
        Git("tag", tag);
        _folder.Write($"clone/artifacts/{tag}/One.nupkg", "x");

        var (code, output) = Release("1.2.3");

        code.Should().Be(0, output);
        output.Contains($"compatible with those of artifacts/{tag}", StringComparison.Ordinal).Should().Be(isBaseline, output);
        _folder.Read("arguments").Contains($"-p:BaselineFolder={_folder.PathOf("clone")}/artifacts/{tag}\n-p:BaselineVersion={tag[1..]}\n", StringComparison.Ordinal).Should().Be(isBaseline);
    }

    [Theory]
    [InlineData("v0.1.7", "0.1.8", true)]
    [InlineData("v0.1.7", "0.2.0", false)]
    [InlineData("v1.1.0", "1.2.0-preview.1", true)]
    public void BelowOne_AnotherMinorVersionPromisesNothing(string tag, string version, bool isBaseline)
    {
        if (!ScriptFolder.HasShell)
        {
            return;
        }

        MakeClone(changelog: $"## {version}\n\n- More.\n", pack: Pack.Replace("1.2.3", version, StringComparison.Ordinal));
        Git("tag", tag);
        _folder.Write($"clone/artifacts/{tag}/One.nupkg", "x");

        var (code, output) = Release(version);

        code.Should().Be(0, output);
        _folder.Read("arguments").Contains("-p:BaselineFolder", StringComparison.Ordinal).Should().Be(isBaseline);
    }

    [Theory]
    [InlineData("dirty", "the tree is not clean, first new.txt: commit or remove the changes")]
    [InlineData("no entry", "CHANGELOG.md has no entry: rename '## Unreleased' to '## 1.2.3'")]
    [InlineData("empty entry", "CHANGELOG.md has no entry")]
    [InlineData("no changelog", "CHANGELOG.md has no entry")]
    [InlineData("tagged", "the tag v1.2.3 exists: name a higher version")]
    [InlineData("lower", "1.2.3 is below the last tag v1.10.0: name a higher version")]
    [InlineData("wrong version", "'1.2' is no version: name one such as 1.2.3")]
    [InlineData("no version", "no version is named: run build/release.sh 1.2.3")]
    [InlineData("two versions", "there are two versions, 1.2.3 and 1.2.4: name one")]
    [InlineData("pack fails", "dotnet pack failed: error CS1002")]
    [InlineData("no package", "the package One.1.2.3.nupkg was not made")]
    [InlineData("no readme", "One.1.2.3.nupkg has no readme: add PACKAGE.md")]
    [InlineData("argument", "unknown argument '--og': use a version alone for a dry run")]
    public void BadInput_IsOneLineWithWhatToDo_AndNothingIsLeft(string input, string message)
    {
        if (!ScriptFolder.HasShell)
        {
            return;
        }

        MakeClone(
            changelog: input switch { "no entry" => "## Unreleased\n\n- More.\n", "empty entry" => "## 1.2.3\n\n## 1.2.2\n\n- Old.\n", _ => "## 1.2.3\n\n- First.\n" },
            pack: input switch { "pack fails" => "#!/bin/sh\necho 'error CS1002: ; expected'\nexit 1\n", "no package" => "#!/bin/sh\n", _ => Pack },
            list: input == "no readme" ? "#!/bin/sh\nprintf 'lib/net10.0/One.dll\\n'\n" : List);
        Spoil(input);

        var (code, output) = Release(input switch
        {
            "argument" => ["1.2.3", "--og"],
            "wrong version" => ["1.2", "--go"],
            "no version" => ["--go"],
            "two versions" => ["1.2.3", "1.2.4"],
            _ => ["1.2.3", "--go"],
        });

        code.Should().Be(1);
        output.TrimEnd('\n').Should().StartWith("release: ").And.Contain(message).And.NotContain("\n");
        ShouldHaveLeftNothing(input switch { "tagged" => "v1.2.3\n", "lower" => "v1.10.0\nv1.9.0\n", _ => "" });
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
            case "lower":
                Git("tag", "v1.9.0");
                Git("tag", "v1.10.0");
                break;
        }
    }

    private void MakeClone(string changelog = "## 1.2.3\n\n- First.\n", string pack = Pack, string list = List)
    {
        _folder.CopyFromRepository("build/release.sh");
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
