using HttpCaching.Fields;

namespace HttpCaching.Policy;

/// <summary>The age calculation, one function for each quantity of RFC 9111 §4.2.3. No result is negative or above 2^31 seconds.</summary>
internal static class AgeRules
{
    public static TimeSpan ApparentAge(DateTimeOffset responseTime, DateTimeOffset dateValue) => Bounded(responseTime - dateValue);

    public static TimeSpan ResponseDelay(ExchangeTimes times) => Bounded(times.ResponseTime - times.RequestTime);

    public static TimeSpan CorrectedAgeValue(TimeSpan? ageValue, TimeSpan responseDelay) => Bounded((ageValue ?? TimeSpan.Zero) + responseDelay);

    /// <param name="ageValue">The Age that came with the response.</param>
    /// <param name="times">When it was asked for and when it came.</param>
    /// <param name="dateValue">Its Date.</param>
    /// <param name="ignoreDate">Whether Age and delay alone count, against origins with wrong clocks.</param>
    public static TimeSpan CorrectedInitialAge(TimeSpan? ageValue, ExchangeTimes times, DateTimeOffset dateValue, bool ignoreDate)
    {
        var corrected = CorrectedAgeValue(ageValue, ResponseDelay(times));
        var apparent = ignoreDate ? TimeSpan.Zero : ApparentAge(times.ResponseTime, dateValue);
        return apparent > corrected ? apparent : corrected;
    }

    public static TimeSpan ResidentTime(DateTimeOffset responseTime, DateTimeOffset now) => Bounded(now - responseTime);

    public static TimeSpan CurrentAge(TimeSpan correctedInitialAge, TimeSpan residentTime) => Bounded(correctedInitialAge + residentTime);

    private static TimeSpan Bounded(TimeSpan value) =>
        value < TimeSpan.Zero ? TimeSpan.Zero : value > DeltaSeconds.Max ? DeltaSeconds.Max : value;
}
