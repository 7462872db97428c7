using CsCheck;
using HttpCaching.Fields;

namespace HttpCaching.Tests.Fields;

public class EntityTagTests
{
    [Theory]
    [InlineData("VAL-1", "\"a\"", "\"a\"", false, true)]
    [InlineData("VAL-1", "W/\"a\"", "\"a\"", true, true)]
    [InlineData("VAL-1", " \t\"a\" ", "\"a\"", false, true)]
    [InlineData("VAL-1", "\"\"", "\"\"", false, true)]
    [InlineData("VAL-1", "\"a\\\"", "\"a\\\"", false, true)]
    [InlineData("VAL-1", "\"a,b\"", "\"a,b\"", false, true)]
    [InlineData("VAL-6", "abc", "abc", false, false)]
    [InlineData("VAL-6", "w/\"a\"", "w/\"a\"", false, false)]
    [InlineData("VAL-6", "W/a", "W/a", false, false)]
    [InlineData("VAL-6", "W/ \"a\"", "W/ \"a\"", false, false)]
    [InlineData("VAL-6", "\"a", "\"a", false, false)]
    [InlineData("VAL-6", "\"", "\"", false, false)]
    [InlineData("VAL-6", "\"a\"b\"", "\"a\"b\"", false, false)]
    [InlineData("VAL-6", "\"a b\"", "\"a b\"", false, false)]
    [InlineData("VAL-6", "\"a\", \"b\"", "\"a\", \"b\"", false, false)]
    [InlineData("VAL-6", "", "", false, false)]
    public void Parse_Value_TextAndStrength(string spec, string value, string text, bool isWeak, bool isWellFormed)
    {
        var tag = EntityTag.Parse(value);

        tag.Text.Should().Be(text, spec);
        tag.IsWeak.Should().Be(isWeak);
        tag.IsWellFormed.Should().Be(isWellFormed);
        tag.ToString().Should().Be(value.Trim());
    }

    [Theory]
    [InlineData("RNG-6", "\"a\"", "\"a\"", true, true)]
    [InlineData("RNG-6", "W/\"a\"", "\"a\"", false, true)]
    [InlineData("RNG-6", "W/\"a\"", "W/\"a\"", false, true)]
    [InlineData("CND-2", "\"a\"", "\"A\"", false, false)]
    [InlineData("CND-2", "\"a\"", "\"b\"", false, false)]
    [InlineData("VAL-6", "abc", "abc", false, true)]
    [InlineData("VAL-6", "abc", "\"abc\"", false, false)]
    [InlineData("VAL-6", "w/\"a\"", "W/\"a\"", false, false)]
    [InlineData("VAL-6", "", "", false, false)]
    public void Matches_TwoTags_StrongAndWeak(string spec, string left, string right, bool strong, bool weak)
    {
        var (a, b) = (EntityTag.Parse(left), EntityTag.Parse(right));

        (a.StrongMatches(b), a.WeakMatches(b)).Should().Be((strong, weak), spec);
        (b.StrongMatches(a), b.WeakMatches(a)).Should().Be((strong, weak), spec);
    }

    [Theory]
    [InlineData("VAL-5", "\"a\"", true)]
    [InlineData("VAL-5", "W/\"a,b\"", true)]
    [InlineData("VAL-6", "abc", true)]
    [InlineData("VAL-5", "\"\u00FC\"", false)]
    [InlineData("VAL-5", "\"a\r\nX: y\"", false)]
    [InlineData("VAL-5", "\"a\0\"", false)]
    [InlineData("VAL-5", "\"a\tb\"", false)]
    [InlineData("VAL-5", "\"a\u007F\"", false)]
    [InlineData("VAL-5", "", false)]
    [InlineData("VAL-6", "*", false)]
    [InlineData("VAL-6", "\"a\", \"b\"", false)]
    public void IsSendable_Tag_OnlyPrintableAndOne(string spec, string value, bool expected) =>
        EntityTag.Parse(value).IsSendable.Should().Be(expected, spec);

    [Fact]
    public void Members_DefaultValue_DoNotThrow()
    {
        var tag = default(EntityTag);

        (tag.IsWellFormed, tag.IsSendable, tag.StrongMatches(tag), tag.WeakMatches(tag), tag.ToString())
            .Should().Be((false, false, false, false, string.Empty));
    }

    [Fact]
    public void Parse_AnyText_NeverThrowsAndRoundTrips() =>
        Texts.List.Sample(text =>
        {
            var tag = EntityTag.Parse(text);
            return tag.ToString() == text.Trim(' ', '\t') && EntityTag.Parse(tag.ToString()) == tag;
        });
}
