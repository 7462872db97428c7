using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

/// <summary>Two targeted fields are listed: A-Cache-Control, then B-Cache-Control.</summary>
public sealed class TargetedRulesTests
{
    [Theory]
    [InlineData("TGT-5", "no targeted field", "Cache-Control: max-age=1", "own 1")]
    [InlineData("TGT-2", "the first listed field", "A-Cache-Control: max-age=2 | Cache-Control: max-age=1", "targeted 2")]
    [InlineData("TGT-2", "the second listed field alone", "B-Cache-Control: max-age=3 | Cache-Control: max-age=1", "targeted 3")]
    [InlineData("TGT-2", "the first listed one wins, whatever the order of lines", "B-Cache-Control: max-age=3 | A-Cache-Control: max-age=2", "targeted 2")]
    [InlineData("TGT-3", "the first one is broken, the next counts", "A-Cache-Control: max-age=\"2 | B-Cache-Control: max-age=3", "targeted 3")]
    [InlineData("TGT-3", "the only one is broken", "A-Cache-Control: max-age=\"2 | Cache-Control: max-age=1", "own 1")]
    [InlineData("TGT-2", "the first one is empty, the next counts", "A-Cache-Control:  | B-Cache-Control: max-age=3", "targeted 3")]
    [InlineData("TGT-4", "a value of the wrong type", "A-Cache-Control: max-age=?1 | Cache-Control: max-age=1", "own 1")]
    [InlineData("TGT-2", "it says nothing of lifetime, and Cache-Control does not count", "A-Cache-Control: public | Cache-Control: max-age=1", "targeted none")]
    [InlineData("TGT-5", "a field that is not listed", "C-Cache-Control: max-age=4 | Cache-Control: max-age=1", "own 1")]
    [InlineData("TGT-2", "the last line of a member counts", "A-Cache-Control: max-age=2 | A-Cache-Control: max-age=5", "targeted 5")]
    public void DirectivesFor_Fields_MaxAge(string spec, string name, string fields, string expected) =>
        DirectivesFor(fields, "targeted=A-Cache-Control,B-Cache-Control").Should().Be(expected, $"{spec}: {name}");

    [Theory]
    [InlineData("TGT-1", "without a list none counts", "A-Cache-Control: max-age=2 | Cache-Control: max-age=1", "own 1")]
    public void DirectivesFor_NoList_MaxAge(string spec, string name, string fields, string expected) =>
        DirectivesFor(fields, "").Should().Be(expected, $"{spec}: {name}");

    private static string DirectivesFor(string fields, string settings)
    {
        var (directives, isTargeted) = TargetedRules.DirectivesFor(Given.Fields(fields), Row.Settings(settings));
        return (isTargeted ? "targeted " : "own ") + (directives.MaxAge is { } age ? $"{age.TotalSeconds:0}" : "none");
    }
}
