using CsCheck;
using HttpCaching.Fields;

namespace HttpCaching.Tests.Fields;

public class RangeFieldTests
{
    private const string Huge = "999999999999999999999999999999";

    [Theory]
    [InlineData("RNG-2", "bytes=0-4", 10, "0-4")]
    [InlineData("RNG-2", "bytes=5-", 10, "5-9")]
    [InlineData("RNG-2", "bytes=-3", 10, "7-9")]
    [InlineData("RNG-2", "BYTES=0-0", 10, "0-0")]
    [InlineData("RNG-4", "bytes=5-99", 10, "5-9")]
    [InlineData("RNG-4", "bytes=-99", 10, "0-9")]
    [InlineData("RNG-4", "bytes=0-" + Huge, 10, "0-9")]
    [InlineData("RNG-4", "bytes=-" + Huge, 10, "0-9")]
    [InlineData("RNG-4", "bytes=000000000000000000000000000005-06", 10, "5-6")]
    [InlineData("RNG-5", "bytes=0-1, 4-5 ,,-1", 10, "0-1 4-5 9-9")]
    [InlineData("RNG-5", "bytes=0-1,50-60,-0", 10, "0-1")]
    public void Parse_Satisfiable_Resolved(string spec, string value, long length, string expected)
    {
        RangeField.Parse(value, length, out var ranges).Should().Be(RangeField.RangeParse.Ranges, spec);
        string.Join(' ', ranges.Select(range => $"{range.First}-{range.Last}")).Should().Be(expected, spec);
    }

    [Theory]
    [InlineData("RNG-1", "items=0-5", "NotBytes")]
    [InlineData("RNG-1", "seconds=x", "NotBytes")]
    [InlineData("RNG-4", "bytes=-0", "Unsatisfiable")]
    [InlineData("RNG-4", "bytes=99-", "Unsatisfiable")]
    [InlineData("RNG-4", "bytes=10-10", "Unsatisfiable")]
    [InlineData("RNG-4", "bytes=" + Huge + "-", "Unsatisfiable")]
    [InlineData("RNG-4", "bytes=" + Huge + "-1" + Huge, "Unsatisfiable")]
    [InlineData("RNG-4", "bytes=1" + Huge + "-" + Huge, "Malformed")]
    [InlineData("RNG-4", "bytes=5-4", "Malformed")]
    [InlineData("RNG-4", "bytes=0-1,5-4", "Malformed")]
    [InlineData("RNG-4", "bytes=-", "Malformed")]
    [InlineData("RNG-4", "bytes=", "Malformed")]
    [InlineData("RNG-4", "bytes=,", "Malformed")]
    [InlineData("RNG-4", "bytes=a-b", "Malformed")]
    [InlineData("RNG-4", "bytes=1", "Malformed")]
    [InlineData("RNG-4", "bytes=1-2-3", "Malformed")]
    [InlineData("RNG-4", "bytes=--1", "Malformed")]
    [InlineData("RNG-4", "bytes=+1-2", "Malformed")]
    [InlineData("RNG-4", "bytes=0 - 1", "Malformed")]
    [InlineData("RNG-4", "bytes =0-1", "Malformed")]
    [InlineData("RNG-4", "bytes 0-1", "Malformed")]
    [InlineData("RNG-4", "", "Malformed")]
    public void Parse_NoRange_Reason(string spec, string value, string expected)
    {
        RangeField.Parse(value, 10, out var ranges).ToString().Should().Be(expected, spec);
        ranges.Should().BeEmpty();
    }

    [Theory]
    [InlineData("RNG-4", "bytes=0-")]
    [InlineData("RNG-4", "bytes=0-0")]
    [InlineData("RNG-4", "bytes=-1")]
    public void Parse_EmptyBody_Unsatisfiable(string spec, string value) =>
        RangeField.Parse(value, 0, out _).Should().Be(RangeField.RangeParse.Unsatisfiable, spec);

    [Fact]
    public void Parse_AnyText_NeverThrowsAndStaysInside() =>
        Gen.Select(Texts.List, Gen.OneOf("bytes=", ""), Gen.Long[0, 100]).Sample((text, unit, length) =>
        {
            RangeField.Parse(unit + text, length, out var ranges);
            return ranges.All(range => range.First >= 0 && range.First <= range.Last && range.Last < length && range.Length > 0);
        });
}
