using System.Globalization;

namespace HttpCaching.Fields;

/// <summary>Non-negative whole seconds as fields write them (RFC 9111 §1.2.2).</summary>
internal static class DeltaSeconds
{
    private const long MaxSeconds = 1L << 31;

    /// <summary>The largest value this cache tells apart from "longer than that": 2^31 seconds.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromSeconds(MaxSeconds);

    /// <summary>Reads one or more ASCII digits and nothing else; larger numbers become <see cref="Max"/>.</summary>
    /// <param name="text">The text without surrounding whitespace.</param>
    /// <param name="value">Whole seconds between zero and <see cref="Max"/>; zero if the text is invalid.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan value)
    {
        value = TimeSpan.Zero;
        if (text.IsEmpty)
        {
            return false;
        }

        var seconds = 0L;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            // Saturating in every step keeps any number of digits from overflowing, while the rest is still checked to be digits.
            seconds = Math.Min((seconds * 10) + (c - '0'), MaxSeconds);
        }

        value = TimeSpan.FromSeconds(seconds);
        return true;
    }

    /// <summary>Whole seconds, rounded down, never negative and never above <see cref="Max"/>.</summary>
    /// <param name="value">The duration.</param>
    public static string Format(TimeSpan value)
    {
        var seconds = Math.Clamp(value.Ticks / TimeSpan.TicksPerSecond, 0, MaxSeconds);
        return seconds.ToString(CultureInfo.InvariantCulture);
    }
}
