using System.Globalization;
using System.Text;

namespace HttpCaching.Fields;

/// <summary>
/// The three date formats of HTTP and the one that is written (RFC 9110 §5.6.7). Reads by position, without culture or time zone.
/// </summary>
internal static class HttpDate
{
    private const int ImfLength = 29;
    private const int AsctimeLength = 24;

    // What follows the weekday and its comma in the RFC 850 form: " 06-Nov-94 08:49:37 GMT".
    private const int Rfc850TailLength = 23;

    /// <summary>
    /// Reads an IMF-fixdate, RFC 850 or asctime date. Letter case is free, and the weekday may be the wrong one; everything else is exact.
    /// </summary>
    /// <param name="text">The field value without surrounding whitespace.</param>
    /// <param name="now">Decides the century of a two-digit year: never more than 50 years ahead of it.</param>
    /// <param name="value">The instant in UTC, in whole seconds.</param>
    public static bool TryParse(ReadOnlySpan<char> text, DateTimeOffset now, out DateTimeOffset value)
    {
        value = default;
        var comma = text.IndexOf(',');
        if (comma < 0)
        {
            return TryParseAsctime(text, out value);
        }

        return comma == 3 ? TryParseImf(text, out value) : TryParseRfc850(text, comma, now, out value);
    }

    /// <summary>The instant as an IMF-fixdate; fractions of a second are cut off.</summary>
    /// <param name="value">The instant.</param>
    public static string Format(DateTimeOffset value) => value.UtcDateTime.ToString("r", CultureInfo.InvariantCulture);

    // Sun, 06 Nov 1994 08:49:37 GMT
    // 0    5  8   12   17       26
    private static bool TryParseImf(ReadOnlySpan<char> text, out DateTimeOffset value)
    {
        value = default;
        return text.Length == ImfLength
            && IsShortDay(text[..3])
            && text[4] == ' ' && text[7] == ' ' && text[11] == ' ' && text[16] == ' '
            && TryNumber(text.Slice(5, 2), out var day)
            && TryMonth(text.Slice(8, 3), out var month)
            && TryNumber(text.Slice(12, 4), out var year)
            && TryTime(text.Slice(17, 8), out var time)
            && IsZone(text[25..])
            && TryBuild(year, month, day, time, out value);
    }

    // Sunday, 06-Nov-94 08:49:37 GMT, the positions below counted from the comma's right:
    //         1  4   8  11       19
    private static bool TryParseRfc850(ReadOnlySpan<char> text, int comma, DateTimeOffset now, out DateTimeOffset value)
    {
        value = default;
        var tail = text[(comma + 1)..];
        return tail.Length == Rfc850TailLength
            && IsLongDay(text[..comma])
            && tail[0] == ' ' && tail[3] == '-' && tail[7] == '-' && tail[10] == ' '
            && TryNumber(tail.Slice(1, 2), out var day)
            && TryMonth(tail.Slice(4, 3), out var month)
            && TryNumber(tail.Slice(8, 2), out var shortYear)
            && TryTime(tail.Slice(11, 8), out var time)
            && IsZone(tail[19..])
            && TryBuild(FullYear(shortYear, month, day, time, now.UtcDateTime), month, day, time, out value);
    }

    // Sun Nov  6 08:49:37 1994
    // 0   4   8  11       20
    private static bool TryParseAsctime(ReadOnlySpan<char> text, out DateTimeOffset value)
    {
        value = default;
        if (text.Length != AsctimeLength)
        {
            return false;
        }

        // A day below ten is padded with a space, never with nothing.
        var dayText = text[8] == ' ' ? text.Slice(9, 1) : text.Slice(8, 2);
        return IsShortDay(text[..3])
            && text[3] == ' ' && text[7] == ' ' && text[10] == ' ' && text[19] == ' '
            && TryMonth(text.Slice(4, 3), out var month)
            && TryNumber(dayText, out var day)
            && TryTime(text.Slice(11, 8), out var time)
            && TryNumber(text.Slice(20, 4), out var year)
            && TryBuild(year, month, day, time, out value);
    }

    private static bool IsShortDay(ReadOnlySpan<char> text) => Is(text, "Sun") || Is(text, "Mon") || Is(text, "Tue")
        || Is(text, "Wed") || Is(text, "Thu") || Is(text, "Fri") || Is(text, "Sat");

    private static bool IsLongDay(ReadOnlySpan<char> text) => Is(text, "Sunday") || Is(text, "Monday") || Is(text, "Tuesday")
        || Is(text, "Wednesday") || Is(text, "Thursday") || Is(text, "Friday") || Is(text, "Saturday");

    private static bool IsZone(ReadOnlySpan<char> text) => Is(text, " GMT");

    private static bool Is(ReadOnlySpan<char> text, string name) => Ascii.EqualsIgnoreCase(text, name);

    private static bool TryMonth(ReadOnlySpan<char> text, out int month)
    {
        const string Names = "JanFebMarAprMayJunJulAugSepOctNovDec";
        for (month = 1; month <= 12; month++)
        {
            if (Ascii.EqualsIgnoreCase(text, Names.AsSpan((month - 1) * 3, 3)))
            {
                return true;
            }
        }

        return false;
    }

    // 08:49:37; 24:00:00 is no time, second 60 is a leap second.
    private static bool TryTime(ReadOnlySpan<char> text, out TimeSpan time)
    {
        time = default;
        if (text[2] != ':' || text[5] != ':'
            || !TryNumber(text[..2], out var hour) || hour > 23
            || !TryNumber(text.Slice(3, 2), out var minute) || minute > 59
            || !TryNumber(text.Slice(6, 2), out var second) || second > 60)
        {
            return false;
        }

        time = new TimeSpan(hour, minute, second);
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out int number)
    {
        number = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            number = (number * 10) + (c - '0');
        }

        return true;
    }

    // Starts a century ahead and goes back, so that in 2099 the year 01 is 2101 and in 2026 the year 94 is 1994.
    private static int FullYear(int shortYear, int month, int day, TimeSpan time, DateTime now)
    {
        var year = now.Year - (now.Year % 100) + 100 + shortYear;
        while (year > DateTime.MaxValue.Year || IsMoreThan50YearsAhead(year, month, day, time, now))
        {
            year -= 100;
        }

        return year;
    }

    // Compares the parts, because the date 50 years before 29 February may not exist.
    private static bool IsMoreThan50YearsAhead(int year, int month, int day, TimeSpan time, DateTime now) =>
        (year - 50, month, day, time).CompareTo((now.Year, now.Month, now.Day, now.TimeOfDay)) > 0;

    private static bool TryBuild(int year, int month, int day, TimeSpan time, out DateTimeOffset value)
    {
        value = default;
        if (year is < 1 or > 9999 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        var midnight = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc);

        // Only the leap second at the end of year 9999 can pass the end of the calendar.
        value = new DateTimeOffset(time <= DateTime.MaxValue - midnight ? midnight + time : midnight + new TimeSpan(23, 59, 59));
        return true;
    }
}
