using CsCheck;
using HttpCaching.Fields;
using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

public sealed class AgeRulesTests
{
    private static readonly Gen<DateTimeOffset> Instant =
        Gen.Long[0, DateTime.MaxValue.Ticks].Select(ticks => new DateTimeOffset(ticks, TimeSpan.Zero));

    private static readonly Gen<DateTimeOffset> Nearby =
        Gen.Long[-TimeSpan.TicksPerDay, TimeSpan.TicksPerDay].Select(ticks => Given.Now.AddTicks(ticks));

    private static readonly Gen<TimeSpan?> AgeValue =
        Gen.OneOf(Gen.Const((TimeSpan?)null), Gen.Long[0, 1L << 31].Select(seconds => (TimeSpan?)TimeSpan.FromSeconds(seconds)));

    /// <summary>All in seconds; times relative to one instant; an age of -1 is none.</summary>
    [Theory]
    [InlineData("AGE-4", -1, 0, 5, 5, 5)]
    [InlineData("AGE-4", 10, 0, 5, 5, 15)]
    [InlineData("AGE-4", 10, 5, 0, 0, 10)]
    [InlineData("AGE-5", -1, 0, 0, -20, 20)]
    [InlineData("AGE-5", 10, 0, 5, -20, 25)]
    [InlineData("AGE-5", 30, 0, 5, -20, 35)]
    [InlineData("AGE-5", 10, 0, 5, 100, 15)]
    [InlineData("AGE-3", 2147483648L, 0, 5, 0, 2147483648L)]
    public void CorrectedInitialAge_Quantities_GreaterOfBoth(string spec, long age, int requested, int received, int date, long expected) =>
        AgeRules.CorrectedInitialAge(Span(age), new ExchangeTimes(At(requested), At(received)), At(date), ignoreDate: false)
            .Should().Be(TimeSpan.FromSeconds(expected), spec);

    [Fact]
    [Trait("Spec", "AGE-5")]
    public void CorrectedInitialAge_DateIgnored_OnlyAgeAndDelayCount() =>
        AgeRules.CorrectedInitialAge(Span(3), new ExchangeTimes(At(0), At(2)), At(-3600), ignoreDate: true).Should().Be(TimeSpan.FromSeconds(5));

    [Theory]
    [InlineData("AGE-1", "Age: 3.5", 0)]
    [InlineData("AGE-1", "Age: -7", 0)]
    [InlineData("AGE-1", "Age: x", 0)]
    [InlineData("AGE-2", "Age: 7200, 0", 7200)]
    [InlineData("AGE-2", "Age: 5 | Age: 7", 5)]
    [InlineData("AGE-3", "Age: 99999999999", 2147483648)]
    [InlineData("EXP-10", "Date: @-100", 100)]
    [InlineData("EXP-10", "Date: gibberish", 0)]
    [InlineData("AGE-5", "Date: @-100 | Age: 40", 100)]
    [InlineData("AGE-5", "Date: @100", 0)]
    public void CorrectedInitialAge_Fields_Seconds(string spec, string fields, long expected) =>
        Given.Evaluated(200, fields).CorrectedInitialAge.Should().Be(TimeSpan.FromSeconds(expected), spec);

    [Fact]
    [Trait("Spec", "AGE-6")]
    public void ResidentTime_NowBeforeReceipt_IsZero() =>
        AgeRules.ResidentTime(At(0), At(-86400)).Should().Be(TimeSpan.Zero);

    [Fact]
    [Trait("Spec", "AGE-3")]
    [Trait("Spec", "AGE-4")]
    public void CurrentAge_AnyFacts_IsBoundedAndAtLeastItsParts() =>
        Gen.Select(AgeValue, Instant, Instant, Instant, Instant).Sample((age, requested, received, date, now) =>
        {
            var times = new ExchangeTimes(requested, received);
            var initial = AgeRules.CorrectedInitialAge(age, times, date, ignoreDate: false);
            var resident = AgeRules.ResidentTime(received, now);
            var current = AgeRules.CurrentAge(initial, resident);
            return IsBounded(initial) && IsBounded(resident) && IsBounded(current) && IsBounded(AgeRules.ResponseDelay(times))
                && IsBounded(AgeRules.ApparentAge(received, date))
                && current >= initial && current >= resident && initial >= (age ?? TimeSpan.Zero);
        });

    [Fact]
    [Trait("Spec", "AGE-4")]
    public void CurrentAge_LaterNow_NeverSmaller() =>
        Gen.Select(AgeValue, Nearby, Nearby, Instant, Instant).Sample((age, requested, received, one, other) =>
        {
            var initial = AgeRules.CorrectedInitialAge(age, new ExchangeTimes(requested, received), received, ignoreDate: false);
            var (earlier, later) = one < other ? (one, other) : (other, one);
            return AgeRules.CurrentAge(initial, AgeRules.ResidentTime(received, earlier))
                <= AgeRules.CurrentAge(initial, AgeRules.ResidentTime(received, later));
        });

    [Fact]
    [Trait("Spec", "AGE-4")]
    public void CorrectedInitialAge_LongerDelay_NeverSmaller() =>
        Gen.Select(AgeValue, Nearby, Gen.Int[0, 100_000], Gen.Int[0, 100_000]).Sample((age, requested, delay, more) =>
            AgeRules.CorrectedAgeValue(age, AgeRules.ResponseDelay(new ExchangeTimes(requested, requested.AddSeconds(delay))))
            <= AgeRules.CorrectedAgeValue(age, AgeRules.ResponseDelay(new ExchangeTimes(requested, requested.AddSeconds(delay + more)))));

    private static bool IsBounded(TimeSpan value) => value >= TimeSpan.Zero && value <= DeltaSeconds.Max;

    private static DateTimeOffset At(int seconds) => Given.Now.AddSeconds(seconds);

    private static TimeSpan? Span(long seconds) => seconds < 0 ? null : TimeSpan.FromSeconds(seconds);
}
