using CsCheck;
using HttpCaching.Fields;

namespace HttpCaching.Tests.Fields;

public class EntityTagListTests
{
    [Theory]
    [InlineData("CND-2", "\"a\"", "\"a\"")]
    [InlineData("CND-2", "\"a\", W/\"b\",\"c\"", "\"a\" W/\"b\" \"c\"")]
    [InlineData("CND-2", ", \"a\" ,, \"b\",", "\"a\" \"b\"")]
    [InlineData("CND-2", "\"a,b\", \"c\"", "\"a,b\" \"c\"")]
    [InlineData("CND-2", "\"a\\\", \"b\"", "\"a\\\" \"b\"")]
    [InlineData("CND-2", "", "")]
    public void Parse_List_Tags(string spec, string combined, string expected)
    {
        var list = EntityTagList.Parse(combined);

        (list.IsAny, list.IsMalformed).Should().Be((false, false), spec);
        string.Join(' ', list.Tags).Should().Be(expected, spec);
    }

    [Theory]
    [InlineData("CND-2", "*", "\"a\"", true)]
    [InlineData("CND-2", " * ", "\"a\"", true)]
    [InlineData("CND-2", "\"x\", W/\"a\"", "\"a\"", true)]
    [InlineData("CND-2", "\"x\", \"y\"", "\"a\"", false)]
    [InlineData("CND-2", "\"*\"", "\"a\"", false)]
    [InlineData("CND-2", "\"a\", *", "\"a\"", false)]
    [InlineData("CND-2", "\"a\", b", "\"a\"", false)]
    [InlineData("CND-2", "\"a\", \"b", "\"a\"", false)]
    [InlineData("CND-2", "\"a\" \"b\"", "\"a\"", false)]
    [InlineData("CND-2", "w/\"a\"", "w/\"a\"", false)]
    [InlineData("VAL-6", "abc", "abc", true)]
    [InlineData("VAL-6", "abc", "\"abc\"", false)]
    [InlineData("VAL-6", "abc, def", "abc", false)]
    [InlineData("CND-2", "", "\"\"", false)]
    public void WeakMatches_StoredTag_AnyMember(string spec, string combined, string stored, bool expected) =>
        EntityTagList.Parse(combined).WeakMatches(EntityTag.Parse(stored)).Should().Be(expected, spec);

    [Theory]
    [InlineData("CND-2", "\"a\", b", 0)]
    [InlineData("CND-2", "*, *", 0)]
    [InlineData("CND-2", "*, \"a\"", 0)]
    [InlineData("VAL-6", "abc", 1)]
    public void Parse_BrokenList_Malformed(string spec, string combined, int tags)
    {
        var list = EntityTagList.Parse(combined);

        (list.IsAny, list.IsMalformed, list.Tags.Count).Should().Be((false, true, tags), spec);
    }

    [Fact]
    public void Parse_AnyText_NeverThrows() =>
        Texts.List.Sample(text => EntityTagList.Parse(text).Tags.Count >= 0);

    [Fact]
    public void Parse_JoinedTags_RoundTrips() =>
        Gen.Select(Gen.Bool, Gen.Char['#', '~'].Array[0, 8]).Select((isWeak, text) => new EntityTag($"\"{new string(text)}\"", isWeak)).List[1, 6]
            .Sample(tags => EntityTagList.Parse(string.Join(", ", tags)).Tags.SequenceEqual(tags));
}
