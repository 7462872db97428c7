using System.Globalization;
using System.Text;
using HttpCaching.Fields.Text;

namespace HttpCaching.Fields;

/// <summary>The Content-Range field for bytes (RFC 9110 §14.4).</summary>
internal static class ContentRangeField
{
    /// <summary>Reads a satisfied range; an unsatisfied one, another unit, or positions that contradict each other are refused.</summary>
    /// <param name="value">The field value.</param>
    /// <param name="first">The first position, zero-based.</param>
    /// <param name="last">The last position, inclusive.</param>
    /// <param name="total">The complete length, or null if the sender did not know it.</param>
    public static bool TryParse(string value, out long first, out long last, out long? total)
    {
        (first, last, total) = (0, 0, null);
        var text = FieldText.TrimOws(value);
        const string Unit = "bytes ";
        if (text.Length < Unit.Length || !Ascii.EqualsIgnoreCase(text[..Unit.Length], Unit))
        {
            return false;
        }

        text = text[Unit.Length..];
        var dash = text.IndexOf('-');
        var slash = text.IndexOf('/');
        if (dash < 0 || slash < dash
            || !TryExact(text[..dash], out var start)
            || !TryExact(text[(dash + 1)..slash], out var end)
            || start > end)
        {
            return false;
        }

        long? length = null;
        if (text[(slash + 1)..] is not "*")
        {
            if (!TryExact(text[(slash + 1)..], out var known) || end >= known)
            {
                return false;
            }

            length = known;
        }

        (first, last, total) = (start, end, length);
        return true;
    }

    /// <summary>The field value for a part of a representation.</summary>
    /// <param name="first">The first position.</param>
    /// <param name="last">The last position, inclusive.</param>
    /// <param name="total">The complete length, or a negative number if it is not known.</param>
    public static string Format(long first, long last, long total) => total < 0
        ? string.Create(CultureInfo.InvariantCulture, $"bytes {first}-{last}/*")
        : string.Create(CultureInfo.InvariantCulture, $"bytes {first}-{last}/{total}");

    /// <summary>The field value of a 416 response.</summary>
    /// <param name="total">The complete length.</param>
    public static string FormatUnsatisfied(long total) => string.Create(CultureInfo.InvariantCulture, $"bytes */{total}");

    private static bool TryExact(ReadOnlySpan<char> text, out long value) =>
        BytePosition.TryParse(text, out value, out var isExact) && isExact;
}
