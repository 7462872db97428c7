using CsCheck;
using HttpCaching.Fields;

namespace HttpCaching.Tests.Fields;

public class AgeFieldTests
{
    [Theory]
    [InlineData("AGE-1", null, null)]
    [InlineData("AGE-1", "0", 0L)]
    [InlineData("AGE-1", "7200", 7200L)]
    [InlineData("AGE-1", " 7200\t", 7200L)]
    [InlineData("AGE-1", "-7200", null)]
    [InlineData("AGE-1", "7200.0", null)]
    [InlineData("AGE-1", "abc", null)]
    [InlineData("AGE-1", "7200;x=y", null)]
    [InlineData("AGE-1", "\"7200\"", null)]
    [InlineData("AGE-1", "", null)]
    [InlineData("AGE-2", "7200, 0", 7200L)]
    [InlineData("AGE-2", "0, 7200", 0L)]
    [InlineData("AGE-2", "7200\n0", 7200L)]
    [InlineData("AGE-2", "a, 7200", null)]
    [InlineData("AGE-2", ", 7200", 7200L)]
    [InlineData("AGE-2", "\n7200", 7200L)]
    [InlineData("AGE-3", "2147483648", 2147483648L)]
    [InlineData("AGE-3", "2147483649", 2147483648L)]
    [InlineData("AGE-3", "99999999999999999999999999", 2147483648L)]
    public void Parse_Lines_FirstMember(string spec, string? lines, long? expected) =>
        AgeField.Parse(Lines.Of("Age", lines)).Should().Be(expected is { } seconds ? TimeSpan.FromSeconds(seconds) : null, spec);

    [Fact]
    public void Parse_AnyText_NeverThrowsNorNegative() =>
        Gen.String.Sample(text => !(AgeField.Parse(Lines.Of("Age", text)) < TimeSpan.Zero));
}
