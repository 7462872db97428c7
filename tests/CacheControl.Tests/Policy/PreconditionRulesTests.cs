using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

public sealed class PreconditionRulesTests
{
    private const string Tagged = "{length 10} ETag: \"a\"";
    private const string Dated = "{length 10} Last-Modified: @-100 | Date: @-50";

    [Theory]
    [InlineData("CND-2", "no condition", Tagged, "", "Full")]
    [InlineData("CND-2", "the tag", Tagged, "If-None-Match: \"a\"", "NotModified")]
    [InlineData("CND-2", "the tag, weakened", Tagged, "If-None-Match: W/\"a\"", "NotModified")]
    [InlineData("CND-2", "another tag", Tagged, "If-None-Match: \"b\"", "Full")]
    [InlineData("CND-2", "the tag in a list", Tagged, "If-None-Match: \"b\", \"a\"", "NotModified")]
    [InlineData("CND-2", "the tag on a second line", Tagged, "If-None-Match: \"b\" | If-None-Match: \"a\"", "NotModified")]
    [InlineData("CND-2", "a malformed list", Tagged, "If-None-Match: \"a\", b", "Full")]
    [InlineData("CND-2", "a star", Tagged, "If-None-Match: *", "NotModified")]
    [InlineData("CND-2", "a star, and no tag is stored", "{length 10}", "If-None-Match: *", "NotModified")]
    [InlineData("CND-2", "a tag, and none is stored", "{length 10}", "If-None-Match: \"a\"", "Full")]
    [InlineData("CND-4", "another tag beside a date that fits", "{length 10} ETag: \"a\" | Last-Modified: @-100", "If-None-Match: \"b\" | If-Modified-Since: @0", "Full")]
    [InlineData("CND-4", "the date of Last-Modified", Dated, "If-Modified-Since: @-100", "NotModified")]
    [InlineData("CND-4", "a second before Last-Modified", Dated, "If-Modified-Since: @-101", "Full")]
    [InlineData("CND-4", "a second after Last-Modified", Dated, "If-Modified-Since: @-99", "NotModified")]
    [InlineData("CND-4", "without Last-Modified: the Date", "Date: @-50", "If-Modified-Since: @-50", "NotModified")]
    [InlineData("CND-4", "without Last-Modified: a second before Date", "Date: @-50", "If-Modified-Since: @-51", "Full")]
    [InlineData("CND-4", "without any date: the time of receipt", "A: 1", "If-Modified-Since: @0", "NotModified")]
    [InlineData("CND-4", "without any date: a second before receipt", "A: 1", "If-Modified-Since: @-1", "Full")]
    [InlineData("CND-4", "no date", Dated, "If-Modified-Since: yesterday", "Full")]
    [InlineData("CND-4", "two dates", Dated, "If-Modified-Since: @-100 | If-Modified-Since: @-100", "Full")]
    [InlineData("CND-1", "a stored 404", "{status 404} ETag: \"a\"", "If-None-Match: \"a\"", "Full")]
    [InlineData("CND-1", "a stored 206", "{part 0/20} ETag: \"a\"", "If-None-Match: \"a\"", "NotModified")]
    [InlineData("RNG-7", "a range of a stored 404", "{status 404}", "Range: bytes=0-4", "Full")]
    [InlineData("RNG-7", "a range alone", Tagged, "Range: bytes=0-4", "Part")]
    [InlineData("RNG-7", "a range that can't be satisfied", Tagged, "Range: bytes=10-", "RangeNotSatisfiable")]
    [InlineData("RNG-7", "a condition that holds comes before the range", Tagged, "Range: bytes=10- | If-None-Match: \"a\"", "NotModified")]
    [InlineData("RNG-7", "after a condition that does not hold the range counts", Tagged, "Range: bytes=0-4 | If-None-Match: \"b\"", "Part")]
    [InlineData("RNG-1", "a range with HEAD", Tagged, "{method HEAD} Range: bytes=0-4", "Full")]
    [InlineData("QRY-4", "a range with QUERY", Tagged, "{method QUERY} Range: bytes=0-4", "Part")]
    [InlineData("QRY-4", "a condition with QUERY", Tagged, "{method QUERY} If-None-Match: \"a\"", "NotModified")]
    [InlineData("HED-1", "a condition with HEAD", Tagged, "{method HEAD} If-None-Match: \"a\"", "NotModified")]
    [InlineData("RNG-6", "If-Range that fits", Tagged, "Range: bytes=0-4 | If-Range: \"a\"", "Part")]
    [InlineData("RNG-6", "If-Range that does not fit", Tagged, "Range: bytes=0-4 | If-Range: \"b\"", "Full")]
    [InlineData("RNG-8", "a range of a coding that is removed above", "{length 10} Content-Encoding: gzip", "{undone gzip} Range: bytes=0-4", "Full")]
    public void Evaluate_RequestAndStored_FormOfTheAnswer(string spec, string name, string stored, string request, string expected) =>
        Evaluate(stored, request).Should().Be(expected, $"{spec}: {name}");

    private static string Evaluate(string stored, string request) =>
        PreconditionRules.Evaluate(Row.Request(request).Head, Row.Stored(stored, Given.Private), Given.Private).Kind.ToString();

    [Theory]
    [InlineData("CND-6", "no condition", "", false)]
    [InlineData("CND-6", "If-None-Match", "If-None-Match: \"a\"", true)]
    [InlineData("CND-6", "If-Modified-Since", "If-Modified-Since: @0", true)]
    [InlineData("CND-5", "If-Match", "If-Match: \"a\"", false)]
    [InlineData("CND-5", "If-Unmodified-Since", "If-Unmodified-Since: @0", false)]
    [InlineData("CND-6", "If-Range", "If-Range: \"a\"", false)]
    public void AsksForNotModified_Request_YesOrNo(string spec, string name, string request, bool expected) =>
        PreconditionRules.AsksForNotModified(Given.Fields(request)).Should().Be(expected, $"{spec}: {name}");
}
