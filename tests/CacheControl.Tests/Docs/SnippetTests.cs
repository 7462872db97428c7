using System.Text.RegularExpressions;

namespace HttpCaching.Tests.Docs;

/// <summary>Every block of C# in the README and in docs is compiled code: the files that end with Snippets have it, word for word.</summary>
[Collection(Repository.Writers)]
public sealed partial class SnippetTests
{
    public static TheoryData<string> Pages() => [.. PageNames()];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Page_BlocksOfCSharp_AreTheCompiledText(string page)
    {
        var snippets = Snippets();
        var text = Repository.Read(page);

        var expected = Block().Replace(text, match =>
            $"<!-- snippet: {match.Groups["name"].Value} -->\n```csharp\n{snippets.GetValueOrDefault(match.Groups["name"].Value) ?? $"there is no snippet {match.Groups["name"].Value}\n"}```");

        Repository.ShouldBe(page, expected);
        Fence().Count(text).Should().Be(Block().Count(text), "a block without the name of its snippet is not compiled");
    }

    [Fact]
    public void Snippets_AreAllShownSomewhere()
    {
        var all = string.Concat(PageNames().Select(Repository.Read));

        Snippets().Keys.Where(name => !all.Contains($"<!-- snippet: {name} -->", StringComparison.Ordinal)).Should().BeEmpty();
    }

    private static IEnumerable<string> PageNames() =>
        new[] { "README.md" }.Concat(Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/')));

    private static Dictionary<string, string> Snippets()
    {
        var snippets = new Dictionary<string, string>();
        var files = new[] { "tests/CacheControl.Tests/Docs", "tests/CacheControl.AotTest" }.SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf(folder), "*Snippets.cs"));
        foreach (Match match in files.SelectMany(file => Marked().Matches(File.ReadAllText(file))))
        {
            var lines = match.Groups["code"].Value.TrimEnd().Split('\n');
            var indent = lines.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart().Length);
            snippets.Add(match.Groups["name"].Value, string.Concat(lines.Select(line => (line.Length == 0 ? line : line[indent..]) + "\n")));
        }

        return snippets;
    }

    [GeneratedRegex("// snippet: (?<name>[a-z-]+)\n(?<code>.*?)\n *// end\n", RegexOptions.Singleline)]
    private static partial Regex Marked();

    [GeneratedRegex("<!-- snippet: (?<name>[a-z-]+) -->\n```csharp\n.*?```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("^```(csharp|cs|c#)", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex Fence();
}
