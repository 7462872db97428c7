using HttpCaching.Fields;
using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

/// <summary>The stored representation has ten bytes unless its cell says otherwise.</summary>
public sealed class RangeRulesTests
{
    private const string Ten = "{length 10} ETag: \"a\" | Last-Modified: @-2 | Date: @-1";

    [Theory]
    [InlineData("RNG-2", "the first bytes", Ten, "bytes=0-4", "", "Part 0-4")]
    [InlineData("RNG-4", "the last byte", Ten, "bytes=9-9", "", "Part 9-9")]
    [InlineData("RNG-4", "one position beyond the last byte", Ten, "bytes=10-10", "", "RangeNotSatisfiable")]
    [InlineData("RNG-4", "the end is clamped", Ten, "bytes=5-99", "", "Part 5-9")]
    [InlineData("RNG-4", "an open end", Ten, "bytes=5-", "", "Part 5-9")]
    [InlineData("RNG-4", "a suffix", Ten, "bytes=-3", "", "Part 7-9")]
    [InlineData("RNG-4", "a suffix longer than all", Ten, "bytes=-30", "", "Part 0-9")]
    [InlineData("RNG-4", "an empty suffix", Ten, "bytes=-0", "", "RangeNotSatisfiable")]
    [InlineData("RNG-4", "an empty representation", "{length 0}", "bytes=0-0", "", "RangeNotSatisfiable")]
    [InlineData("RNG-1", "another unit", Ten, "lines=0-4", "", "Full")]
    [InlineData("RNG-4", "broken syntax", Ten, "bytes=x", "", "Full")]
    [InlineData("RNG-5", "ranges that overlap make one", Ten, "bytes=0-4,3-6", "", "Part 0-6")]
    [InlineData("RNG-5", "ranges that adjoin make one", Ten, "bytes=0-4,5-6", "", "Part 0-6")]
    [InlineData("RNG-5", "a gap of one byte between them", Ten, "bytes=0-4,6-7", "", "Full")]
    [InlineData("RNG-5", "in any order", Ten, "bytes=5-6,0-4", "", "Part 0-6")]
    [InlineData("RNG-5", "one within the other", Ten, "bytes=0-6,1-2", "", "Part 0-6")]
    [InlineData("RNG-5", "one that can't be satisfied is left out", Ten, "bytes=0-4,99-", "", "Part 0-4")]
    [InlineData("RNG-5", "sixteen ranges", Ten, "bytes=0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0", "", "Part 0-0")]
    [InlineData("RNG-5", "seventeen ranges", Ten, "bytes=0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0", "", "Full")]
    [InlineData("RNG-6", "If-Range with the strong tag", Ten, "bytes=0-4", "\"a\"", "Part 0-4")]
    [InlineData("RNG-6", "If-Range with another tag", Ten, "bytes=0-4", "\"b\"", "Full")]
    [InlineData("RNG-6", "If-Range with the tag, weakened", Ten, "bytes=0-4", "W/\"a\"", "Full")]
    [InlineData("RNG-6", "If-Range with a weak tag that is stored", "{length 10} ETag: W/\"a\"", "bytes=0-4", "W/\"a\"", "Full")]
    [InlineData("RNG-6", "If-Range with a tag, and none is stored", "{length 10}", "bytes=0-4", "\"a\"", "Full")]
    [InlineData("RNG-6", "If-Range with the date, a second before Date", Ten, "bytes=0-4", "@-2", "Part 0-4")]
    [InlineData("RNG-6", "If-Range with the date, in the second of Date", "{length 10} Last-Modified: @-1 | Date: @-1", "bytes=0-4", "@-1", "Full")]
    [InlineData("RNG-6", "If-Range with a later date", Ten, "bytes=0-4", "@0", "Full")]
    [InlineData("RNG-6", "If-Range with an earlier date", Ten, "bytes=0-4", "@-3", "Full")]
    [InlineData("RNG-6", "If-Range comes before a range that can't be satisfied", Ten, "bytes=10-", "\"b\"", "Full")]
    [InlineData("RNG-8", "a decoded body", "{decoded} " + Ten, "bytes=0-4", "", "Full")]
    [InlineData("RNG-9", "a part of a known total", "{part 0/20} {length 10}", "bytes=15-", "", "Part 15-19")]
    [InlineData("RNG-9", "a part of an unknown total", "{part 0/-1} {length 10}", "bytes=15-", "", "RangeNotSatisfiable")]
    public void Cut_StoredAndRange_Answer(string spec, string name, string stored, string range, string ifRange, string expected) =>
        Cut(stored, range, ifRange).Should().Be(expected, $"{spec}: {name}");

    private static string Cut(string storedCell, string range, string ifRange)
    {
        var stored = Row.Stored(storedCell, Given.Private);
        var value = Given.Fields("If-Range: " + ifRange).First(FieldNames.IfRange);
        var answer = RangeRules.Cut(range, ifRange.Length == 0 ? null : value, stored, ResponseConclusions.Of(stored, Given.Private));
        return answer.Kind == AnswerKind.Part ? $"Part {answer.Range.First}-{answer.Range.Last}" : answer.Kind.ToString();
    }

    [Theory]
    [InlineData("RNG-1", "no range", Ten, "", false)]
    [InlineData("RNG-1", "fields, and no range", Ten, "A: 1", false)]
    [InlineData("RNG-1", "bytes", Ten, "Range: bytes=0-4", false)]
    [InlineData("RNG-1", "another unit", Ten, "Range: lines=0-4", true)]
    [InlineData("RNG-1", "another unit, with HEAD", Ten, "{method HEAD} Range: lines=0-4", false)]
    [InlineData("QRY-4", "another unit, with QUERY", Ten, "{method QUERY} Range: lines=0-4", true)]
    [InlineData("RNG-1", "another unit, of a stored 404", "{status 404}", "Range: lines=0-4", false)]
    [InlineData("RNG-1", "another unit, of a stored part", "{part 0/20} ETag: \"a\"", "Range: lines=0-4", true)]
    [InlineData("RNG-7", "another unit, and the caller has it already", Ten, "Range: lines=0-4 | If-None-Match: \"a\"", false)]
    [InlineData("RNG-7", "another unit, and the caller has another", Ten, "Range: lines=0-4 | If-None-Match: \"b\"", true)]
    [InlineData("RNG-8", "bytes of a decoded body", "{decoded} " + Ten, "Range: bytes=0-4", true)]
    [InlineData("RNG-7", "bytes of a decoded body that the caller has already", "{decoded} " + Ten, "Range: bytes=0-4 | If-None-Match: \"a\"", false)]
    [InlineData("RNG-8", "bytes of a coding that is removed above", "Content-Encoding: gzip | ETag: \"a\"", "{undone gzip} Range: bytes=0-4", true)]
    [InlineData("RNG-8", "the same, and the caller has it already", "Content-Encoding: gzip | ETag: \"a\"", "{undone gzip} Range: bytes=0-4 | If-None-Match: \"a\"", true)]
    [InlineData("RNG-8", "bytes of a coding that the caller reads itself", "Content-Encoding: gzip | ETag: \"a\"", "Range: bytes=0-4", false)]
    public void OnlyOriginCuts_RequestAndStored_YesOrNo(string spec, string name, string stored, string request, bool expected) =>
        RangeRules.OnlyOriginCuts(Row.Request(request).Head, Row.Stored(stored, Given.Private), Given.Private).Should().Be(expected, $"{spec}: {name}");

    [Theory]
    [InlineData("RNG-8", "no coding is removed above", "Content-Encoding: gzip", "", false)]
    [InlineData("RNG-8", "none is stored", "A: 1", "{undone gzip}", false)]
    [InlineData("RNG-8", "the stored one is removed", "Content-Encoding: gzip", "{undone br,gzip}", true)]
    [InlineData("RNG-8", "in other letters, with space around", "Content-Encoding: GZIP ", "{undone gzip}", true)]
    [InlineData("RNG-8", "another one is removed", "Content-Encoding: zstd", "{undone br,gzip}", false)]
    [InlineData("RNG-8", "the last of several is removed", "Content-Encoding: zstd, gzip", "{undone gzip}", true)]
    [InlineData("RNG-8", "the first of several is never removed", "Content-Encoding: gzip, zstd", "{undone gzip}", false)]
    public void IsUndoneAbove_RequestAndStored_YesOrNo(string spec, string name, string stored, string request, bool expected) =>
        RangeRules.IsUndoneAbove(Row.Request(request).Head, Row.Stored(stored, Given.Private)).Should().Be(expected, $"{spec}: {name}");
}
