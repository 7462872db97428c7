using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

public sealed class NoVarySearchRulesTests
{
    private static readonly PolicySettings On = new() { NoVarySearch = true };

    [Theory]
    [InlineData("NVS-1", "params=(\"a\")", "ignores a")]
    [InlineData("NVS-1", "params=(\"a\" \"b c\")", "ignores a,b c")]
    [InlineData("NVS-2", "params=()", "ignores ")]
    [InlineData("NVS-2", "except=()", "heeds ")]
    [InlineData("NVS-2", "except=(\"a\")", "heeds a")]
    [InlineData("NVS-2", "key-order, params=(\"a\")", "ignores a, order")]
    [InlineData("NVS-2", "key-order=?0, params=(\"a\")", "ignores a")]
    [InlineData("NVS-3", "params=(\"a+b%20c\")", "ignores a b c")]
    [InlineData("NVS-1", "params=(\"a\");x, other=1", "ignores a")]
    [InlineData("NVS-1", "params=(tok)", null)]
    [InlineData("NVS-1", "params=(\"a\" 1)", null)]
    [InlineData("NVS-1", "params=\"a\"", null)]
    [InlineData("NVS-1", "params", null)]
    [InlineData("NVS-1", "params=?0", null)]
    [InlineData("NVS-1", "except=?1", null)]
    [InlineData("NVS-1", "params, except=(\"a\")", null)]
    [InlineData("NVS-1", "params=(\"a\"), except=(\"b\")", null)]
    [InlineData("NVS-1", "params=(\"a\"), key-order=1", null)]
    [InlineData("NVS-1", "params=(\"a\"),", null)]
    [InlineData("NVS-1", "&&", null)]
    [InlineData("NVS-1", "", null)]
    [InlineData("NVS-2", "key-order", null)]
    [InlineData("NVS-2", "key-order=?0", null)]
    public void Parse_Field_GivesARuleOrNothing(string id, string value, string? expected) => Describe(value, On).Should().Be(expected, id);

    [Fact]
    [Trait("Spec", "NVS-1")]
    public void Parse_NotEnabled_GivesNothing() => Describe("params=(\"a\")", PolicySettings.Default).Should().BeNull();

    [Theory]
    [InlineData("NVS-3", "params=(\"x\")", "?a=1", "?a=1&x=2", true)]
    [InlineData("NVS-3", "params=(\"x\")", "", "?x=2", true)]
    [InlineData("NVS-3", "params=(\"x\")", "?", "", true)]
    [InlineData("NVS-3", "params=(\"x\")", "?x=2&a=1&x=3", "?a=1", true)]
    [InlineData("NVS-3", "params=(\"x\")", "?a=1&&b=2", "?a=1&b=2", true)]
    [InlineData("NVS-3", "params=(\"x\")", "?a=1&b=2", "?b=2&a=1", false)]
    [InlineData("NVS-3", "params=(\"x\")", "?a", "?a=", true)]
    [InlineData("NVS-3", "params=(\"x\")", "?a=b+c", "?a=b%20c", true)]
    [InlineData("NVS-3", "params=(\"x\")", "?a=%C3%A9", "?%61=%c3%a9", true)]
    [InlineData("NVS-3", "params=(\"x\")", "?X=1", "", false)]
    [InlineData("NVS-3", "params=(\"%C3%A9\")", "?%C3%A9=1", "", true)]
    [InlineData("NVS-3", "params=(\"x\")", "?%78=1", "", true)]
    [InlineData("NVS-3", "params=(\"x\")", "?a=1=2", "?a=1%3D2", true)]
    [InlineData("NVS-3", "key-order, params=()", "?a=1&b=2", "?b=2&a=1", true)]
    [InlineData("NVS-3", "key-order, params=()", "?a=1&a=2", "?a=2&a=1", false)]
    [InlineData("NVS-3", "key-order, params=(\"x\")", "?b=2&x=1&a=1", "?a=1&b=2", true)]
    [InlineData("NVS-3", "except=(\"id\")", "?id=1&a=2", "?b=3&id=1", true)]
    [InlineData("NVS-3", "except=(\"id\")", "?id=1", "?id=2", false)]
    [InlineData("NVS-3", "except=()", "?a=1", "?b=2", true)]
    [InlineData("NVS-3", "params=(\"x\")", "?a=%zz", "?a=%zz&x", true)]
    [InlineData("NVS-3", "params=(\"x\")", "?a=%4", "?a=%4&x", true)]
    [InlineData("NVS-3", "params=(\"x\")", "?a=%", "?a=%&x", true)]
    [InlineData("NVS-3", "params=(\"x\")", "?a=%41", "?a=A", true)]
    [InlineData("NVS-3", "params=(\"x\")", "?a=b41+", "?a=bA+", false)]
    [InlineData("NVS-3", "params=(\"x\")", "?=1", "?", false)]
    [InlineData("NVS-3", "params=(\"x\")", "?=1", "?=2", false)]
    [InlineData("NVS-3", "params=(\"x\")", "?=1", "?%3D1=1", false)]
    [InlineData("NVS-3", "params=(\"x\")", "?=1", "?%3D1", false)]
    [InlineData("NVS-3", "key-order, params=(\"x\")", "?b=1&a=2&b=3", "?a=2&b=1&b=3", true)]
    public void AreEquivalent_TwoQueries_DependsOnWhatMatters(string id, string field, string one, string other, bool expected)
    {
        var rule = NoVarySearchRules.Parse(new HttpFields([new FieldLine("No-Vary-Search", field)]), On)!;

        NoVarySearchRules.AreEquivalent("http://h/p" + one, "http://h/p" + other, rule).Should().Be(expected, id);
        NoVarySearchRules.AreEquivalent("http://h/p" + other, "http://h/p" + one, rule).Should().Be(expected, id);
        NoVarySearchRules.AreEquivalent("http://h/p" + one, "http://h/q" + other, rule).Should().BeFalse();
        NoVarySearchRules.AreEquivalent("http://h/p" + one, "https://h/p" + other, rule).Should().BeFalse();
    }

    [Theory]
    [InlineData("NVS-4", "https://h/p?a=1", "https://h/p")]
    [InlineData("NVS-4", "https://h/p", "https://h/p")]
    [InlineData("NVS-4", "https://h/p?", "https://h/p")]
    [InlineData("NVS-4", "?a=1", "")]
    public void PathOf_Uri_WithoutItsQuery(string id, string uri, string expected) => NoVarySearchRules.PathOf(uri).Should().Be(expected, id);

    /// <summary>A query with more pairs than the limit is compared with none.</summary>
    [Theory]
    [InlineData("SEC-10", 0, true)]
    [InlineData("SEC-10", 1, false)]
    public void AreEquivalent_ManyPairs_UpToTheLimit(string id, int more, bool expected)
    {
        var rule = NoVarySearchRules.Parse(new HttpFields([new FieldLine("No-Vary-Search", "params=(\"x\")")]), On)!;
        var query = string.Join('&', Enumerable.Range(0, NoVarySearchRules.MaximumPairs + more - 1).Select(i => $"a{i}"));

        NoVarySearchRules.AreEquivalent($"http://h/p?{query}&x=1", $"http://h/p?{query}&x=2", rule).Should().Be(expected, id);
    }

    private static string? Describe(string value, PolicySettings settings) =>
        NoVarySearchRules.Parse(new HttpFields([new FieldLine("No-Vary-Search", value)]), settings) is { } rule
            ? $"{(rule.IsExcept ? "heeds" : "ignores")} {string.Join(',', rule.Names.Order(StringComparer.Ordinal))}{(rule.IgnoresOrder ? ", order" : "")}"
            : null;
}
