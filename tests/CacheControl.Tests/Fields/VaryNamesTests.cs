using CsCheck;
using HttpCaching.Fields;
using HttpCaching.Fields.Text;

namespace HttpCaching.Tests.Fields;

public class VaryNamesTests
{
    [Theory]
    [InlineData("VRY-1", "Foo", "Foo")]
    [InlineData("VRY-1", ", Foo,", "Foo")]
    [InlineData("VRY-1", "Foo, bar", "Foo|bar")]
    [InlineData("VRY-1", "Foo\nBar ,\tbaz", "Foo|Bar|baz")]
    [InlineData("VRY-1", "Foo, foo, FOO, bar", "Foo|bar")]
    public void Parse_Names_DistinctInOrder(string spec, string lines, string expected)
    {
        var vary = VaryNames.Parse(Lines.Of("vary", lines));

        vary.IsAny.Should().BeFalse(spec);
        string.Join('|', vary.Names).Should().Be(expected);
    }

    [Theory]
    [InlineData("VRY-2", "*")]
    [InlineData("VRY-2", "*, *")]
    [InlineData("VRY-2", "Foo, *")]
    [InlineData("VRY-2", "*, Foo")]
    [InlineData("VRY-2", ", *")]
    [InlineData("VRY-2", "\n*")]
    [InlineData("VRY-2", "Foo\n*")]
    [InlineData("VRY-12", "foo, b@d")]
    [InlineData("VRY-12", "foo bar")]
    [InlineData("VRY-12", "\"foo\"")]
    [InlineData("VRY-12", "foo;q=1")]
    [InlineData("VRY-12", "föö")]
    public void Parse_StarOrMalformed_Any(string spec, string lines) =>
        VaryNames.Parse(Lines.Of("Vary", lines)).IsAny.Should().BeTrue(spec);

    [Theory]
    [InlineData("VRY-1", null)]
    [InlineData("VRY-1", "")]
    [InlineData("VRY-1", " , ,\t")]
    [InlineData("VRY-1", "\n,")]
    public void Parse_NoMember_None(string spec, string? lines) =>
        VaryNames.Parse(Lines.Of("Vary", lines)).Should().BeSameAs(VaryNames.None, spec);

    [Fact]
    public void Parse_AnyText_NeverThrowsAndNamesAreTokens() =>
        Gen.String.Sample(text => VaryNames.Parse(Lines.Of("Vary", text)).Names.All(name => FieldText.IsToken(name)));
}
