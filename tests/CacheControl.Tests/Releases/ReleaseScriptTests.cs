using System.Diagnostics;

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

    private readonly string _root = Directory.CreateTempSubdirectory("release").FullName;

    private static bool HasShell => !OperatingSystem.IsWindows();

    [Fact]
    public void CleanTreeWithEntry_IsADryRunThatKeepsNothing()
    {
        if (!HasShell)
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
        if (!HasShell)
        {
            return;
        }

        MakeClone();

        var (code, output) = Release("--go");

        code.Should().Be(0, output);
        Git("tag").Should().Be("v1.2.3\n");
        File.Exists(Path.Combine(_root, "clone", "artifacts", "v1.2.3", "One.1.2.3.nupkg")).Should().BeTrue();
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
        if (!HasShell)
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

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void Spoil(string input)
    {
        switch (input)
        {
            case "dirty":
                Write("clone/new.txt", "");
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
        Write("clone/build/release.sh", File.ReadAllText(Docs.Repository.PathOf("build/release.sh")));
        Write("clone/Directory.Build.props", $"<Project>\n  <Version>{version}</Version>\n</Project>\n");
        Write("clone/CHANGELOG.md", "# Changelog\n\n" + changelog);
        Write("clone/.gitignore", "artifacts/\n");
        Write("clone/src/One/One.csproj", "<Project />\n");
        WriteProgram("dotnet", pack);
        WriteProgram("unzip", list);
        Directory.CreateDirectory(Path.Combine(_root, "tmp"));
        Git("init", "-q");
        Git("config", "user.name", "T");
        Git("config", "user.email", "t@example.org");
        Git("add", "-A");
        Git("commit", "-qm", "First");
    }

    private void ShouldHaveLeftNothing(string tags = "")
    {
        Git("tag").Should().Be(tags);
        Directory.Exists(Path.Combine(_root, "clone", "artifacts")).Should().BeFalse();
        Directory.EnumerateFileSystemEntries(Path.Combine(_root, "tmp")).Should().BeEmpty();
    }

    private void Write(string path, string text)
    {
        var file = new FileInfo(Path.Combine(_root, path));
        file.Directory!.Create();
        File.WriteAllText(file.FullName, text);
    }

    private void WriteProgram(string name, string text)
    {
        Write("bin/" + name, text);
        if (HasShell)
        {
            Run("chmod", ["+x", Path.Combine(_root, "bin", name)]);
        }
    }

    private string Git(params string[] arguments) => Run("git", arguments).Output;

    private (int Code, string Output) Release(params string[] arguments) => Run("bash", ["build/release.sh", .. arguments]);

    private (int Code, string Output) Run(string program, string[] arguments)
    {
        var clone = Directory.CreateDirectory(Path.Combine(_root, "clone")).FullName;
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = clone, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = Path.Combine(_root, "bin") + ":" + Environment.GetEnvironmentVariable("PATH");
        start.Environment["TMPDIR"] = Path.Combine(_root, "tmp");
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.GetAwaiter().GetResult());
    }
}
