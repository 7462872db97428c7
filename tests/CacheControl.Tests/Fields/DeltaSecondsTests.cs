using CsCheck;
using HttpCaching.Fields;

namespace HttpCaching.Tests.Fields;

public class DeltaSecondsTests
{
    [Theory]
    [InlineData("CCP-6", "0", 0)]
    [InlineData("CCP-6", "60", 60)]
    [InlineData("CCP-7", "0060", 60)]
    [InlineData("CCP-7", "2147483647", 2147483647)]
    [InlineData("CCP-7", "2147483648", 2147483648)]
    [InlineData("CCP-7", "2147483649", 2147483648)]
    [InlineData("CCP-7", "99999999999", 2147483648)]
    [InlineData("CCP-7", "9999999999999999999999999999999999999999", 2147483648)]
    public void TryParse_Digits_SaturatedSeconds(string spec, string text, long expected)
    {
        DeltaSeconds.TryParse(text, out var value).Should().BeTrue(spec);
        value.Should().Be(TimeSpan.FromSeconds(expected));
    }

    [Theory]
    [InlineData("CCP-6", "")]
    [InlineData("CCP-6", "-1")]
    [InlineData("CCP-6", "+5")]
    [InlineData("CCP-6", "3.5")]
    [InlineData("CCP-6", "a60")]
    [InlineData("CCP-6", "60a")]
    [InlineData("CCP-6", "'60'")]
    [InlineData("CCP-6", " 60")]
    [InlineData("CCP-6", "60 ")]
    [InlineData("CCP-6", "٦٠")]
    [InlineData("CCP-6", "9999999999999999999999999999999x")]
    public void TryParse_NotDigits_False(string spec, string text)
    {
        DeltaSeconds.TryParse(text, out var value).Should().BeFalse(spec);
        value.Should().Be(TimeSpan.Zero);
    }

    [Theory]
    [InlineData("BLD", -1, "0")]
    [InlineData("BLD", 0, "0")]
    [InlineData("BLD", 1999, "1")]
    [InlineData("BLD", 60_000, "60")]
    public void Format_Duration_WholeSecondsNeverNegative(string spec, long milliseconds, string expected) =>
        DeltaSeconds.Format(TimeSpan.FromMilliseconds(milliseconds)).Should().Be(expected, spec);

    [Fact]
    public void Format_Extremes_StayInRange()
    {
        DeltaSeconds.Format(TimeSpan.MaxValue).Should().Be("2147483648");
        DeltaSeconds.Format(TimeSpan.MinValue).Should().Be("0");
    }

    [Fact]
    public void TryParse_AnyText_NeverThrowsNorNegative() =>
        Gen.String.Sample(text =>
        {
            DeltaSeconds.TryParse(text, out var value);
            return value >= TimeSpan.Zero && value <= DeltaSeconds.Max;
        });

    [Fact]
    public void Format_Seconds_RoundTrips() =>
        Gen.Long[0, 1L << 31].Sample(seconds =>
            DeltaSeconds.TryParse(DeltaSeconds.Format(TimeSpan.FromSeconds(seconds)), out var value) && value == TimeSpan.FromSeconds(seconds));
}
