using CsCheck;
using HttpCaching.Control.Rules;
using HttpCaching.Policy;

namespace HttpCaching.Tests.Control;

/// <summary>Which rule is for which request.</summary>
public sealed class RuleTableTests
{
    [Theory]
    [InlineData("https://h/*", "https://h/", true)]
    [InlineData("https://h/*", "http://h/", false)]
    [InlineData("*://h/*", "http://h/a", true)]
    [InlineData("https://H/*", "https://h/a?b", true)]
    [InlineData("https://h:443/*", "https://h/a", true)]
    [InlineData("https://h/*", "https://h:8443/a", false)]
    [InlineData("https://h:8443/*", "https://h:8443/a", true)]
    [InlineData("https://h:*/*", "https://h:8443/a", true)]
    [InlineData("https://h:*/*", "https://h/a", true)]
    [InlineData("https://*.h.org/*", "https://a.h.org/", true)]
    [InlineData("https://*.h.org/*", "https://a.b.h.org/", true)]
    [InlineData("https://*.h.org/*", "https://h.org/", false)]
    [InlineData("https://*.h.org/*", "https://evilh.org/", false)]
    [InlineData("https://*/a", "https://h/a", true)]
    [InlineData("https://*/a", "https://h/a/", false)]
    [InlineData("https://[::1]:8080/*", "https://[::1]:8080/a", true)]
    [InlineData("https://[::1]/*", "https://[::1]/a", true)]
    [InlineData("https://h/a/*/c", "https://h/a/b/c", true)]
    [InlineData("https://h/a/*/c", "https://h/a/c", false)]
    [InlineData("https://h/*.png", "https://h/x/y.png?v=1", true)]
    [InlineData("https://h/A", "https://h/a", false)]
    [InlineData("https://h/a/../b", "https://h/b", true)]
    [InlineData("https://h/%7ea", "https://h/~a", true)]
    [InlineData("https://h/a?v=1", "https://h/a?x=2&v=1", true)]
    [InlineData("https://h/a?v=1", "https://h/a?v=12", false)]
    [InlineData("https://h/a?v=*", "https://h/a?v=12", true)]
    [InlineData("https://h/a?v=*", "https://h/a", false)]
    [InlineData("https://h/a?v", "https://h/a?v=1", true)]
    public void Pattern_FitsThese(string pattern, string uri, bool fits)
    {
        (Table(pattern)!.For("GET", uri) is not null).Should().Be(fits);
    }

    [Theory]
    [InlineData("https://a.h.org/x/y", 3)]
    [InlineData("https://a.h.org/x/z", 2)]
    [InlineData("https://a.h.org/z", 1)]
    [InlineData("https://b.h.org/x/y", 0)]
    [InlineData("https://b.h.org/x/y?v=1", 4)]
    [InlineData("https://i.org/", 5)]
    public void MostSpecific_Wins(string uri, int rule)
    {
        var table = Table("https://*.h.org/*", "https://a.h.org/*", "https://a.h.org/x/*", "https://a.h.org/x/y", "https://*.h.org/*?v=1", "https://*/*");

        table!.For("GET", uri)!.StaleIfError.Should().Be(TimeSpan.FromSeconds(rule + 1));
    }

    [Fact]
    public void Ties_AreInOrder()
    {
        var table = Table("https://h/*a", "https://h/*b", "https://h/*ab");

        table!.For("GET", "https://h/xab")!.StaleIfError.Should().Be(TimeSpan.FromSeconds(3), "it has more text");
        Table("https://h/*a*b", "https://h/*b*a", "https://h/a*b*")!.For("GET", "https://h/xbxaxb")!.StaleIfError.Should().Be(TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData("https://h/a?v=1", "https://h/a?v=*", "https://h/a?v=1")]
    [InlineData("https://h/a?v=12", "https://h/a?v=1*", "https://h/a?v=*", "https://h/a?v=12")]
    [InlineData("https://h/a?v=", "https://h/a?v", "https://h/a?v=")]
    [InlineData("https://h/a?v=1&w=1", "https://h/a?v=1", "https://h/a?v=*&w=*")]
    public void Queries_OfAsManyParameters_TheNarrowestValueWins(string uri, params string[] patterns)
    {
        var settings = Table(patterns)!.For("GET", uri)!;

        settings.StaleIfError.Should().Be(TimeSpan.FromSeconds(patterns.Length), "the last one is the narrowest");
    }

    [Theory]
    [InlineData("https://h/a?utm_*=1", "parameter of the query without a whole name")]
    [InlineData("https://h/a?*", "parameter of the query without a whole name")]
    [InlineData("https://h/a?&v=1", "parameter of the query without a whole name")]
    [InlineData("https://*.127.0.0.1/*", "has the host '*.127.0.0.1'")]
    [InlineData("https://*.[::1]/*", "has the host '*.[::1]'")]
    public void Pattern_ThatNoRequestFits_IsRefused(string pattern, string error) => RulePattern.Read(pattern, out _).Should().Contain(error);

    [Fact]
    public void NoRules_NoTable() => RuleTable.Of([]).Should().BeNull();

    [Theory]
    [InlineData("https://api.example.org/products{0}/*", "https://api.example.org/products50/1", true)]
    [InlineData("https://api.example.org/v1/products{0}/*", "https://api.example.org/v1/products50/1?a=b", true)]
    [InlineData("https://api.example.org/products/{0}", "https://api.example.org/products/50", true)]
    [InlineData("https://h{0}.example.org/*", "https://h50.example.org/a", true)]
    [InlineData("https://*.h{0}.example.org/*", "https://a.h50.example.org/a", true)]
    [InlineData("https://*.h{0}.example.org/*", "https://a.b.c.d.example.org/a", false)]
    [InlineData("https://h{0}.example.org/*", "https://other.example.org/a", false)]
    [Trait("Spec", "RUL-1")]
    public void Lookup_AmongMany_AllocatesNothing(string pattern, string uri, bool isFound)
    {
        var table = Table([.. Enumerable.Range(0, 100).Select(i => string.Format(System.Globalization.CultureInfo.InvariantCulture, pattern, i))])!;
        (table.For("GET", uri) is not null).Should().Be(isFound);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            table.For("GET", uri);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    [Fact]
    [Trait("Spec", "RUL-1")]
    public void Lookup_OfMoreUrisThanAreRemembered_GivesEachItsOwnRule_AndAllocatesLittle()
    {
        var table = Table([.. Enumerable.Range(0, 100).Select(i => $"https://api.example.org/products{i}/*")])!;
        string[] asked = [.. Enumerable.Range(0, 5_000).Select(i => $"https://api.example.org/products{i % 101}/{i}")];
        double[] Numbers() => [.. asked.Select(uri => table.For("GET", uri)?.StaleIfError.TotalSeconds ?? 0)];
        var expected = asked.Select((_, i) => i % 101 == 100 ? 0 : (i % 101) + 1d);

        Numbers().Should().Equal(expected);
        Numbers().Should().Equal(expected, "a place of the memory has one URI");

        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var uri in asked)
        {
            table.For("GET", uri);
        }

        ((GC.GetAllocatedBytesForCurrentThread() - before) / asked.Length).Should().BeLessThan(1);
    }

    [Fact]
    [Trait("Spec", "RUL-1")]
    public void Table_AnyRules_FindsTheOneThatATryOfAllFinds()
    {
        var host = Gen.OneOf("h.org", "*.h.org", "a.h.org", "*.a.h.org", "*", "b.org");
        var path = Gen.OneOf("/*", "/a", "/a/*", "/a*", "/a/b", "/a/b*", "/a/b/*", "/a/*/c", "/ab/*", "/*c", "/a/b/c/*", "/a/b/c");
        var pattern = Gen.Select(Gen.OneOf("https", "*"), host, path, Gen.OneOf("", "?v=1")).Where((scheme, name, target, query) => scheme != "*" || name != "*" || target + query != "/*")
            .Select((scheme, name, target, query) => $"{scheme}://{name}{target}{query}");
        var uri = Gen.Select(Gen.OneOf("h.org", "a.h.org", "b.a.h.org", "ah.org", "b.org"), Gen.OneOf("/", "/a", "/a/", "/a/b", "/ab/c", "/a/b/c", "/a/b/c/", "/a/x/c", "/a/b/c/d/e"), Gen.OneOf("", "?v=1", "?x&v=1"))
            .Select((name, target, query) => $"https://{name}{target}{query}");
        Gen.Select(pattern.Array[1, 12], uri).Sample(
            (patterns, asked) =>
            {
                var rules = patterns.Select((text, i) => (Pattern: Read(text), Number: i + 1)).ToArray();
                var expected = rules.OrderByDescending(rule => rule.Pattern.Specificity).FirstOrDefault(rule => Fits(rule.Pattern, asked)).Number;
                return (Table(patterns)!.For("GET", asked)?.StaleIfError.TotalSeconds ?? 0) == expected;
            },
            iter: 20_000);
    }

    private static bool Fits(RulePattern pattern, string uri)
    {
        var parts = new UriParts(uri);
        var host = parts.Host.ToString();
        return (pattern.Host == "*" || pattern.Host == host || (pattern.Host[0] == '.' && host.EndsWith(pattern.Host, StringComparison.Ordinal))) && pattern.Matches(parts);
    }

    private static RulePattern Read(string text)
    {
        RulePattern.Read(text, out var pattern).Should().BeNull();
        return pattern!;
    }

    private static RuleTable? Table(params string[] patterns) => RuleTable.Of([.. patterns.Select((text, i) =>
    {
        RulePattern.Read(text, out var pattern).Should().BeNull();
        return new CompiledRule(pattern!, [], PolicySettings.Default.Under(new RuleSettings { StaleIfError = TimeSpan.FromSeconds(i + 1) }));
    })]);
}
