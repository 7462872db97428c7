using System.Text.RegularExpressions;

namespace HttpCaching.Tests.Docs;

/// <summary>Each relative link of a page leads to a file, and its anchor to a heading.</summary>
public sealed partial class LinkTests
{
    public static TheoryData<string> Pages() => [.. DocPages.All()];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Page_RelativeLinks_LeadToFilesAndHeadings(string page) =>
        DeadLinks(page, Repository.Read(page)).Should().BeEmpty("a link of {0} leads to a file of the repository, and its anchor to a heading there", page);

    [Theory]
    [InlineData("[a](no-such-page.md)", "no-such-page.md")]
    [InlineData("[a](stores.md#no-such-heading)", "stores.md#no-such-heading")]
    [InlineData("[a](#no-such-heading)", "#no-such-heading")]
    [InlineData("![a](no-such.svg)", "no-such.svg")]
    [InlineData("<img src=\"no-such.svg\">", "no-such.svg")]
    public void DeadLink_IsNamed(string text, string target) =>
        DeadLinks("docs/glossary.md", text).Should().Equal(target);

    [Fact]
    public void Pages_AreAllInTheIndex()
    {
        var index = Repository.Read("docs/README.md");

        Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md").Select(Path.GetFileName)
            .Where(name => name != "README.md" && !index.Contains($"({name})", StringComparison.Ordinal))
            .Should().BeEmpty("docs/README.md is the index of all pages");
    }

    private static List<string> DeadLinks(string page, string text) =>
        [.. Link().Matches(Code().Replace(text, "")).Select(match => match.Groups["target"].Value).Distinct().Where(target => !Leads(page, text, target))];

    private static bool Leads(string page, string text, string target)
    {
        var (path, anchor) = target.Split('#') is [var before, var after] ? (before, after) : (target, "");
        var file = Path.Combine(Path.GetDirectoryName(Repository.PathOf(page))!, path);
        if (path.Length > 0 && !File.Exists(file) && !Directory.Exists(file))
        {
            return false;
        }

        return anchor.Length == 0 || Anchors(path.Length == 0 ? text : File.ReadAllText(file)).Contains(anchor);
    }

    /// <summary>The anchors that GitHub gives to the headings of a page.</summary>
    private static IEnumerable<string> Anchors(string text) => Heading().Matches(Fenced().Replace(text.ReplaceLineEndings("\n"), "")).Select(match =>
        NoAnchor().Replace(LinkText().Replace(match.Groups["text"].Value, "$1").Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex("""(\]\(|src="|href=")(?!https?:|mailto:)(?<target>[^)"\s]+)""")]
    private static partial Regex Link();

    [GeneratedRegex("```.*?```|`[^`\n]*`", RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex("^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fenced();

    [GeneratedRegex("^#{1,6} (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkText();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NoAnchor();
}
