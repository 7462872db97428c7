using CsCheck;
using HttpCaching.Fields;

namespace HttpCaching.Tests.Fields;

public class ContentRangeFieldTests
{
    [Theory]
    [InlineData("RNG-10", "bytes 0-4/10", 0, 4, 10L)]
    [InlineData("RNG-10", " Bytes 9-9/10 ", 9, 9, 10L)]
    [InlineData("RNG-10", "bytes 0-4/*", 0, 4, null)]
    [InlineData("RNG-4", "bytes 0-9223372036854775806/9223372036854775807", 0, long.MaxValue - 1, long.MaxValue)]
    public void TryParse_Valid_Positions(string spec, string value, long first, long last, long? total)
    {
        ContentRangeField.TryParse(value, out var readFirst, out var readLast, out var readTotal).Should().BeTrue(spec);
        (readFirst, readLast, readTotal).Should().Be((first, last, total), spec);
    }

    [Theory]
    [InlineData("RNG-10", "bytes */10")]
    [InlineData("RNG-10", "bytes 4-9/9")]
    [InlineData("RNG-10", "bytes 5-4/10")]
    [InlineData("RNG-10", "items 0-4/10")]
    [InlineData("RNG-10", "bytes=0-4/10")]
    [InlineData("RNG-10", "bytes 0-4")]
    [InlineData("RNG-10", "bytes 0-/10")]
    [InlineData("RNG-10", "bytes -4/10")]
    [InlineData("RNG-10", "bytes 0 - 4/10")]
    [InlineData("RNG-10", "bytes  0-4/10")]
    [InlineData("RNG-10", "bytes 0/4-10")]
    [InlineData("RNG-10", "bytes 0-4/10/2")]
    [InlineData("RNG-4", "bytes 0-4/999999999999999999999999999999")]
    [InlineData("RNG-4", "bytes 0-999999999999999999999999999999/*")]
    [InlineData("RNG-4", "bytes 0-9223372036854775807/9223372036854775807")]
    [InlineData("RNG-10", "byte\u017F 0-4/10")]
    [InlineData("RNG-10", "bytes")]
    [InlineData("RNG-10", "")]
    public void TryParse_Invalid_False(string spec, string value) =>
        ContentRangeField.TryParse(value, out _, out _, out _).Should().BeFalse(spec);

    [Theory]
    [InlineData("RNG-4", "th-TH")]
    [InlineData("RNG-4", "ar-SA")]
    public void Format_OtherCulture_Ascii(string spec, string culture) => Cultures.Run(culture, () =>
    {
        ContentRangeField.Format(0, 4, 12345).Should().Be("bytes 0-4/12345", spec);
        ContentRangeField.Format(0, 4, -1).Should().Be("bytes 0-4/*", spec);
        ContentRangeField.FormatUnsatisfied(12345).Should().Be("bytes */12345", spec);
    });

    [Fact]
    public void TryParse_AnyText_NeverThrows() =>
        Texts.List.Sample(text =>
        {
            ContentRangeField.TryParse("bytes " + text, out var first, out var last, out var total);
            return first >= 0 && last >= first && !(total < 0);
        });

    [Fact]
    public void Format_AnyRange_RoundTrips() =>
        Gen.Select(Gen.Long[0, 1L << 50], Gen.Long[0, 1L << 50], Gen.Long[1, 1L << 50]).Sample((first, more, rest) =>
            ContentRangeField.TryParse(ContentRangeField.Format(first, first + more, first + more + rest), out var f, out var l, out var t)
            && (f, l, t) == (first, first + more, (long?)(first + more + rest)));
}
