using HttpCaching.Fields.Text;

namespace HttpCaching.Fields;

/// <summary>The Range field for bytes (RFC 9110 §14.1.2, §14.2).</summary>
internal static class RangeField
{
    /// <summary>The result of reading a Range field (RFC 9110 §14.2).</summary>
    internal enum RangeParse
    {
        /// <summary>Another range unit: not for this cache.</summary>
        NotBytes,

        /// <summary>The syntax is broken: the field is to be ignored.</summary>
        Malformed,

        /// <summary>No member lies within the representation: 416.</summary>
        Unsatisfiable,

        /// <summary>At least one range.</summary>
        Ranges,
    }

    /// <summary>Resolves all ranges against a known length: ends are clamped, members outside are dropped, order is kept.</summary>
    /// <param name="value">The field value.</param>
    /// <param name="length">The complete length in bytes; not negative.</param>
    /// <param name="ranges">The ranges; empty unless the result is <see cref="RangeParse.Ranges"/>. Neither sorted nor merged.</param>
    public static RangeParse Parse(string value, long length, out IReadOnlyList<ByteRange> ranges)
    {
        ranges = [];
        var unit = TakeUnit(value, out var rest);
        if (unit != RangeParse.Ranges)
        {
            return unit;
        }

        var resolved = new List<ByteRange>();
        var members = 0;
        while (FieldText.TryTakeMember(ref rest, ',', out var member))
        {
            if (member.IsEmpty)
            {
                continue;
            }

            if (!TryReadSpec(member, out var first, out var last))
            {
                return RangeParse.Malformed;
            }

            members++;
            if (Resolve(first, last, length) is { } range)
            {
                resolved.Add(range);
            }
        }

        if (resolved.Count == 0)
        {
            return members == 0 ? RangeParse.Malformed : RangeParse.Unsatisfiable;
        }

        ranges = resolved;
        return RangeParse.Ranges;
    }

    private static RangeParse TakeUnit(string value, out ReadOnlySpan<char> rest)
    {
        var text = FieldText.TrimOws(value);
        var equals = text.IndexOf('=');
        rest = equals < 0 ? default : text[(equals + 1)..];
        if (equals < 0 || !FieldText.IsToken(text[..equals]))
        {
            return RangeParse.Malformed;
        }

        return text[..equals].Equals("bytes", StringComparison.OrdinalIgnoreCase) ? RangeParse.Ranges : RangeParse.NotBytes;
    }

    private static bool TryReadSpec(ReadOnlySpan<char> text, out long? first, out long? last)
    {
        (first, last) = (null, null);
        var dash = text.IndexOf('-');
        if (dash < 0 || text.Length == 1)
        {
            return false;
        }

        var left = text[..dash];
        var right = text[(dash + 1)..];
        if (!TryPosition(left, ref first) || !TryPosition(right, ref last))
        {
            return false;
        }

        // Compared as text, because numbers beyond 63 bits are all the same once they are read.
        return left.IsEmpty || right.IsEmpty || BytePosition.Compare(left, right) <= 0;
    }

    private static bool TryPosition(ReadOnlySpan<char> text, ref long? position)
    {
        if (text.IsEmpty)
        {
            return true;
        }

        if (!BytePosition.TryParse(text, out var value, out _))
        {
            return false;
        }

        position = value;
        return true;
    }

    private static ByteRange? Resolve(long? first, long? last, long length)
    {
        if (first is { } start)
        {
            return start < length ? new ByteRange(start, Math.Min(last ?? long.MaxValue, length - 1)) : null;
        }

        return last is > 0 && length > 0 ? new ByteRange(Math.Max(0, length - last.Value), length - 1) : null;
    }
}
