using CsCheck;
using HttpCaching.Fields;

namespace HttpCaching.Tests.Fields;

public class HttpDateTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("EXP-1", "Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z")]
    [InlineData("EXP-1", "Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z")]
    [InlineData("EXP-1", "Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37Z")]
    [InlineData("EXP-1", "Wed Nov 16 08:49:37 1994", "1994-11-16T08:49:37Z")]
    [InlineData("EXP-2", "sun, 06 NOV 1994 08:49:37 gmt", "1994-11-06T08:49:37Z")]
    [InlineData("EXP-2", "SUNDAY, 06-nov-94 08:49:37 Gmt", "1994-11-06T08:49:37Z")]
    [InlineData("EXP-2", "SUN NOV  6 08:49:37 1994", "1994-11-06T08:49:37Z")]
    [InlineData("EXP-5", "Thursday, 18-Aug-50 02:01:18 GMT", "2050-08-18T02:01:18Z")]
    [InlineData("EXP-5", "Sunday, 01-Mar-76 12:00:00 GMT", "2076-03-01T12:00:00Z")]
    [InlineData("EXP-5", "Sunday, 01-Mar-76 12:00:01 GMT", "1976-03-01T12:00:01Z")]
    [InlineData("EXP-5", "Sunday, 29-Feb-76 12:00:01 GMT", "2076-02-29T12:00:01Z")]
    [InlineData("EXP-5", "Saturday, 01-Jan-00 00:00:00 GMT", "2000-01-01T00:00:00Z")]
    [InlineData("EXP-6", "Thu Aug  8 02:01:18 2050", "2050-08-08T02:01:18Z")]
    [InlineData("EXP-6", "Mon, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z")]
    [InlineData("EXP-6", "Monday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z")]
    [InlineData("EXP-7", "Sat, 31 Dec 2016 23:59:60 GMT", "2017-01-01T00:00:00Z")]
    [InlineData("EXP-7", "Fri, 31 Dec 9999 23:59:59 GMT", "9999-12-31T23:59:59Z")]
    [InlineData("EXP-7", "Fri, 31 Dec 9999 23:59:60 GMT", "9999-12-31T23:59:59Z")]
    [InlineData("EXP-7", "Thu, 29 Feb 2024 00:00:00 GMT", "2024-02-29T00:00:00Z")]
    [InlineData("EXP-7", "Mon, 01 Jan 0001 00:00:00 GMT", "0001-01-01T00:00:00Z")]
    public void TryParse_ValidDate_Instant(string spec, string text, string expected)
    {
        HttpDate.TryParse(text, Now, out var value).Should().BeTrue(spec);
        value.Should().Be(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture));
        value.Offset.Should().Be(TimeSpan.Zero);
    }

    [Theory]
    [InlineData("EXP-3", "Sun, 06 Nov 1994 08:49:37 UTC")]
    [InlineData("EXP-3", "Sun, 06 Nov 1994 08:49:37 AEST")]
    [InlineData("EXP-3", "Sun, 06 Nov 1994 08:49:37 +1000")]
    [InlineData("EXP-3", "Sun, 06 Nov 1994 08:49:37 +0000")]
    [InlineData("EXP-3", "Sun, 06 Nov 1994 08:49:37")]
    [InlineData("EXP-3", "Sun, 06 Nov 1994 08:49:37 Z")]
    [InlineData("EXP-3", "Sunday, 06-Nov-94 08:49:37 UTC")]
    [InlineData("EXP-3", "Sun Nov  6 08:49:37 1994 GMT")]
    [InlineData("EXP-4", "Sun 06 Nov 1994 08:49:37 GMT")]
    [InlineData("EXP-4", "Sun, 06 Nov 1994 8:49:37 GMT")]
    [InlineData("EXP-4", "Sun,  06 Nov 1994 08:49:37 GMT")]
    [InlineData("EXP-4", "Sun, 06  Nov 1994 08:49:37 GMT")]
    [InlineData("EXP-4", "Sun, 06 Nov 94 08:49:37 GMT")]
    [InlineData("EXP-4", "Sun, 06-Nov-1994 08:49:37 GMT")]
    [InlineData("EXP-4", "Sunday, 06-Nov-1994 08:49:37 GMT")]
    [InlineData("EXP-4", "Sunday, 06 Nov 94 08:49:37 GMT")]
    [InlineData("EXP-4", "Sun, 06-Nov-94 08:49:37 GMT")]
    [InlineData("EXP-4", "Sun, 06 Nov 1994 08.49.37 GMT")]
    [InlineData("EXP-4", "Sun, 6 Nov 1994 08:49:37 GMT")]
    [InlineData("EXP-4", "Sun,06 Nov 1994 08:49:37 GMT")]
    [InlineData("EXP-4", "Xyz, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("EXP-4", "Sun, 06 Foo 1994 08:49:37 GMT")]
    [InlineData("EXP-4", "Sun, 06 Nov 1994 08:49 GMT")]
    [InlineData("EXP-4", "06 Nov 1994 08:49:37 GMT")]
    [InlineData("EXP-4", "Sun Nov 6 08:49:37 1994")]
    [InlineData("EXP-4", "Sun Nov 06 08:49:37 94")]
    [InlineData("EXP-4", " Sun, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("EXP-4", "Sun, +6 Nov 1994 08:49:37 GMT")]
    [InlineData("EXP-4", "1994-11-06T08:49:37Z")]
    [InlineData("EXP-4", "\u017Fun, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("EXP-4", "Tue, 06 \u017Fep 1994 08:49:37 GMT")]
    [InlineData("EXP-7", "Tue, 31 Feb 2026 00:00:00 GMT")]
    [InlineData("EXP-7", "Sun, 29 Feb 2026 00:00:00 GMT")]
    [InlineData("EXP-7", "Sun, 00 Nov 1994 00:00:00 GMT")]
    [InlineData("EXP-7", "Sun, 06 Nov 1994 24:00:00 GMT")]
    [InlineData("EXP-7", "Sun, 06 Nov 1994 23:60:00 GMT")]
    [InlineData("EXP-7", "Sun, 06 Nov 1994 23:59:61 GMT")]
    [InlineData("EXP-7", "Sun, 06 Nov 0000 08:49:37 GMT")]
    [InlineData("EXP-8", "0")]
    [InlineData("EXP-8", "-1")]
    [InlineData("EXP-8", "")]
    [InlineData("EXP-8", ",")]
    [InlineData("EXP-9", "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("EXP-11", "อา., 06 พ.ย. 2537 08:49:37 GMT")]
    public void TryParse_NearMiss_False(string spec, string text) =>
        HttpDate.TryParse(text, Now, out _).Should().BeFalse(spec);

    [Theory]
    [InlineData("EXP-5", 2099, "Thursday, 01-Jan-01 00:00:00 GMT", 2101)]
    [InlineData("EXP-5", 1960, "Thursday, 01-Jan-09 00:00:00 GMT", 2009)]
    [InlineData("EXP-5", 9999, "Thursday, 01-Jan-01 00:00:00 GMT", 9901)]
    public void TryParse_ShortYear_NotFarAhead(string spec, int currentYear, string text, int expected)
    {
        var now = new DateTimeOffset(currentYear, 6, 1, 0, 0, 0, TimeSpan.Zero);
        var isRead = HttpDate.TryParse(text, now, out var value);

        (isRead ? value.Year : 0).Should().Be(expected, spec);
    }

    [Theory]
    [InlineData("EXP-11", "th-TH")]
    [InlineData("EXP-11", "tr-TR")]
    [InlineData("EXP-11", "ar-SA")]
    [InlineData("EXP-11", "fa-IR")]
    public void ParseAndFormat_OtherCulture_SameResult(string spec, string culture) => Cultures.Run(culture, () =>
    {
        const string Text = "Fri, 06 Jan 2034 08:49:37 GMT";
        HttpDate.TryParse(Text.ToUpperInvariant(), Now, out var value).Should().BeTrue(spec);
        value.Should().Be(new DateTimeOffset(2034, 1, 6, 8, 49, 37, TimeSpan.Zero));
        HttpDate.Format(value.ToOffset(TimeSpan.FromHours(5.5))).Should().Be(Text);
        DeltaSeconds.Format(TimeSpan.FromSeconds(1234567)).Should().Be("1234567");
    });

    [Fact]
    public void TryParse_AnyText_NeverThrows() =>
        Gen.String.Sample(text =>
        {
            HttpDate.TryParse(text, Now, out _);
        });

    [Fact]
    public void TryParse_DamagedDate_NeverThrows() =>
        Gen.Select(Gen.OneOf("Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"), Gen.Int[0, 23], Gen.Char)
            .Sample((text, position, c) =>
            {
                HttpDate.TryParse(text.Remove(position, 1).Insert(position, c.ToString()), Now, out _);
                HttpDate.TryParse(text.Remove(position), Now, out _);
            });

    [Fact]
    public void Format_AnyInstant_RoundTripsToTheSecond() =>
        Gen.Long[0, DateTime.MaxValue.Ticks / TimeSpan.TicksPerSecond].Sample(seconds =>
        {
            var instant = new DateTimeOffset(seconds * TimeSpan.TicksPerSecond, TimeSpan.Zero);
            return HttpDate.TryParse(HttpDate.Format(instant), Now, out var value) && value == instant;
        });

    [Fact]
    public void TryParse_AnyRfc850Year_NeverMoreThan50YearsAhead() =>
        Gen.Select(Gen.DateTime[new DateTime(1950, 1, 1), new DateTime(9900, 1, 1)], Gen.DateTime[new DateTime(1901, 1, 1), new DateTime(2099, 1, 1)])
            .Sample((now, date) =>
            {
                var text = date.ToString("'Monday, 'dd-MMM-yy HH:mm:ss 'GMT'", System.Globalization.CultureInfo.InvariantCulture);
                var present = new DateTimeOffset(DateTime.SpecifyKind(now, DateTimeKind.Utc));
                return !HttpDate.TryParse(text, present, out var value) || (value <= present.AddYears(50).AddDays(1) && value > present.AddYears(-51));
            });
}
