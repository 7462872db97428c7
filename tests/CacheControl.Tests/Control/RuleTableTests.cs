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

    [Fact]
    public void NoRules_NoTable() => RuleTable.Of([]).Should().BeNull();

    [Fact]
    public void Lookup_AmongMany_AllocatesNothing()
    {
        var table = Table([.. Enumerable.Range(0, 100).Select(i => $"https://api.example.org/products{i}/*")])!;
        table.For("GET", "https://api.example.org/products50/1");
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            table.For("GET", "https://api.example.org/products50/1");
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    private static RuleTable? Table(params string[] patterns) => RuleTable.Of([.. patterns.Select((text, i) =>
    {
        RulePattern.Read(text, out var pattern).Should().BeNull();
        return new CompiledRule(pattern!, [], PolicySettings.Default.Under(new RuleSettings { StaleIfError = TimeSpan.FromSeconds(i + 1) }));
    })]);
}
