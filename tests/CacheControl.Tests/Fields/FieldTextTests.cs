using CsCheck;
using HttpCaching.Fields.Text;

namespace HttpCaching.Tests.Fields;

public class FieldTextTests
{
    [Theory]
    [InlineData("CCP-2", "", "")]
    [InlineData("CCP-2", " , ,\t", "")]
    [InlineData("CCP-2", "a", "a")]
    [InlineData("CCP-2", " a ,\tb,, c", "a|b|c")]
    [InlineData("CCP-3", "\"a, b\", c", "\"a, b\"|c")]
    [InlineData("CCP-3", "x=\"a\\\", b\", c", "x=\"a\\\", b\"|c")]
    [InlineData("CCP-10", "a, \"b, c", "a|\"b, c")]
    public void SplitList_Value_Members(string spec, string combined, string expected) =>
        string.Join('|', FieldText.SplitList(combined)).Should().Be(expected, spec);

    [Theory]
    [InlineData("SEC-2", "X-Foo", true)]
    [InlineData("SEC-2", "!#$%&'*+-.^_`|~09azAZ", true)]
    [InlineData("SEC-2", "", false)]
    [InlineData("SEC-2", "X Foo", false)]
    [InlineData("SEC-2", "X:Foo", false)]
    [InlineData("SEC-2", "X\r\n", false)]
    [InlineData("SEC-2", "X\u00E9", false)]
    [InlineData("SEC-2", "(x)", false)]
    public void IsValidName_Text_OnlyTokens(string spec, string name, bool expected) =>
        FieldText.IsValidName(name).Should().Be(expected, spec);

    [Theory]
    [InlineData("SEC-2", "", true)]
    [InlineData("SEC-2", "any \t value \u00FC", true)]
    [InlineData("SEC-2", "a\rb", false)]
    [InlineData("SEC-2", "a\nb", false)]
    [InlineData("SEC-2", "a\0b", false)]
    public void IsValidValue_Text_NoLineBreakNorNul(string spec, string value, bool expected) =>
        FieldText.IsValidValue(value).Should().Be(expected, spec);

    [Fact]
    public void SplitList_AnyText_NeverThrowsNorEmptyMember() =>
        Texts.List.Sample(text => FieldText.SplitList(text).TrueForAll(member => member.Length > 0));
}
