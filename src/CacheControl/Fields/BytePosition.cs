namespace HttpCaching.Fields;

/// <summary>Byte positions and lengths as ranges write them: digits of any number (RFC 9110 §14.1.1).</summary>
internal static class BytePosition
{
    /// <summary>Reads one or more digits; numbers beyond 63 bits become <see cref="long.MaxValue"/>.</summary>
    /// <param name="text">The digits.</param>
    /// <param name="value">The number, never negative.</param>
    /// <param name="isExact">False if the number was too large.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out long value, out bool isExact)
    {
        value = 0;
        isExact = true;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            var digit = c - '0';
            if (value > (long.MaxValue - digit) / 10)
            {
                value = long.MaxValue;
                isExact = false;
            }
            else
            {
                value = (value * 10) + digit;
            }
        }

        return !text.IsEmpty;
    }

    /// <summary>Compares two texts of digits as numbers of any size.</summary>
    /// <param name="left">Digits.</param>
    /// <param name="right">Digits.</param>
    public static int Compare(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        left = left.TrimStart('0');
        right = right.TrimStart('0');
        return left.Length != right.Length ? left.Length.CompareTo(right.Length) : left.SequenceCompareTo(right);
    }
}
