using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

public sealed class GroupRulesTests
{
    private const string Of128 = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    /// <summary>The cell holds the member lists of the groups; the expected tags are separated by "|".</summary>
    [Theory]
    [InlineData("GRP-1", "no field", "", "")]
    [InlineData("GRP-1", "one string", "\"a\"", "group https://h a")]
    [InlineData("GRP-1", "several strings", "\"a\", \"b\"", "group https://h a|group https://h b")]
    [InlineData("GRP-1", "letters are told apart", "\"a\", \"A\"", "group https://h a|group https://h A")]
    [InlineData("GRP-1", "parameters are ignored", "\"a\";x=1", "group https://h a")]
    [InlineData("GRP-1", "a token voids the field", "\"a\", b", "")]
    [InlineData("GRP-1", "a number voids the field", "\"a\", 1", "")]
    [InlineData("GRP-1", "an inner list voids the field", "\"a\", (\"b\")", "")]
    [InlineData("SF-1", "broken syntax voids the field", "\"a\", \"b", "")]
    [InlineData("GRP-1", "a name of 128 characters", "\"" + Of128 + "\"", "group https://h " + Of128)]
    [InlineData("GRP-1", "a name of 129 characters is left out", "\"a" + Of128 + "\", \"b\"", "group https://h b")]
    public void Names_OneLine_Tags(string spec, string name, string groups, string expected)
    {
        var lines = groups.Length == 0 ? "" : "Cache-Groups: " + groups;
        string.Join('|', TagsOf(lines)).Should().Be(expected, $"{spec}: {name}");
        string.Join('|', Invalidated(lines.Replace("Cache-Groups", "Cache-Group-Invalidation", StringComparison.Ordinal))).Should().Be(expected, $"{spec}: {name}");
    }

    [Theory]
    [InlineData("GRP-1", "64 names all count", 64, 64)]
    [InlineData("GRP-1", "of 65 names the last is left out", 65, 64)]
    public void Names_Many_WithinTheLimit(string spec, string name, int given, int kept) =>
        TagsOf("Cache-Groups: " + string.Join(", ", Enumerable.Range(0, given).Select(i => $"\"{i}\"")))
            .Should().Equal(Enumerable.Range(0, kept).Select(i => $"group https://h {i}"), $"{spec}: {name}");

    [Theory]
    [InlineData("GRP-4", "each has a field of its own", "Cache-Groups: \"a\" | Cache-Group-Invalidation: \"b\"", "group https://h a", "group https://h b")]
    [InlineData("GRP-1", "lines are joined", "Cache-Groups: \"a\" | Cache-Groups: \"b\"", "group https://h a|group https://h b", "")]
    public void Names_Fields_EachItsOwn(string spec, string name, string fields, string tags, string invalidated)
    {
        string.Join('|', TagsOf(fields)).Should().Be(tags, $"{spec}: {name}");
        string.Join('|', Invalidated(fields)).Should().Be(invalidated, $"{spec}: {name}");
    }

    [Theory]
    [InlineData("GRP-2", "another port is another origin", "https://h:8443/x", "group https://h:8443 a")]
    [InlineData("GRP-2", "another scheme is another origin", "http://h/x/y?z=://q/", "group http://h a")]
    [InlineData("GRP-2", "a URI that is only an origin", "https://h", "group https://h a")]
    [InlineData("GRP-2", "a text that is no URI", "h/x", "group h/x a")]
    public void Names_Uri_TiedToOrigin(string spec, string name, string uri, string expected) =>
        GroupRules.TagsOf(uri, Given.Fields("Cache-Groups: \"a\"")).Should().Equal([expected], $"{spec}: {name}");

    [Theory]
    [InlineData("GRP-2", "a tag of the application", "news", true)]
    [InlineData("GRP-2", "a tag of the application that begins alike", "groups", true)]
    [InlineData("GRP-2", "a tag of a group", "group https://h a", false)]
    public void IsOwn_Tag_WhoGaveIt(string spec, string name, string tag, bool expected) =>
        GroupRules.IsOwn(tag).Should().Be(expected, $"{spec}: {name}");

    private static IEnumerable<string> TagsOf(string fields) => GroupRules.TagsOf(Given.Uri, Given.Fields(fields));

    private static IEnumerable<string> Invalidated(string fields) => GroupRules.Invalidated(Given.Uri, Given.Fields(fields));
}
