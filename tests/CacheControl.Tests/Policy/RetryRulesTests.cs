using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

public sealed class RetryRulesTests
{
    /// <summary>-1 is none.</summary>
    [Theory]
    [InlineData("CON-11", "no field", "", -1)]
    [InlineData("CON-11", "seconds", "Retry-After: 7", 7)]
    [InlineData("CON-11", "the least number of seconds", "Retry-After: 1", 1)]
    [InlineData("CON-11", "zero seconds are no pause", "Retry-After: 0", -1)]
    [InlineData("CCP-7", "seconds that saturate", "Retry-After: 99999999999", 2147483648)]
    [InlineData("CCP-6", "a number with a sign is no duration", "Retry-After: -7", -1)]
    [InlineData("CCP-6", "a fraction is no duration", "Retry-After: 1.5", -1)]
    [InlineData("EXP-1", "a date in the future", "Retry-After: @60", 60)]
    [InlineData("EXP-1", "a date one second ahead", "Retry-After: @1", 1)]
    [InlineData("EXP-1", "a date that is now", "Retry-After: @0", -1)]
    [InlineData("EXP-1", "a date in the past", "Retry-After: @-60", -1)]
    [InlineData("EXP-4", "no date and no number", "Retry-After: soon", -1)]
    [InlineData("EXP-4", "an empty value", "Retry-After: ", -1)]
    [InlineData("CON-11", "the first of two lines counts", "Retry-After: 7 | Retry-After: 9", 7)]
    public void DelayOf_Fields_Seconds(string spec, string name, string fields, long expected) =>
        DelayOf(fields).Should().Be(expected < 0 ? null : TimeSpan.FromSeconds(expected), $"{spec}: {name}");

    private static TimeSpan? DelayOf(string fields) => RetryRules.DelayOf(Given.Fields(fields), Given.Now);
}
