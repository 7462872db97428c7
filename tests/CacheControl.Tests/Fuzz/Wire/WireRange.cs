using System.Globalization;

namespace HttpCaching.Tests.Fuzz.Wire;

/// <summary>A Range field of one range, as the generated requests have it.</summary>
internal static class WireRange
{
    private const string Unit = "bytes=";

    /// <summary>The first and the last position that it means in that many bytes; null if it is none or can't be satisfied.</summary>
    public static (int From, int To)? Of(string range, int length)
    {
        if (!range.StartsWith(Unit, StringComparison.Ordinal) || range[Unit.Length..].Split('-') is not [var from, var to])
        {
            return null;
        }

        var (first, last) = from.Length == 0 ? (Math.Max(0, length - Number(to)), length - 1) : (Number(from), to.Length == 0 ? length - 1 : Math.Min(length - 1, Number(to)));
        return first <= last && first < length ? (first, last) : null;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
