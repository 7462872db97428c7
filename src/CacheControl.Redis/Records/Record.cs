using System.Buffers.Text;
using System.Text;

namespace HttpCaching.Redis.Records;

/// <summary>The value of a key: all heads, and the small bodies. The scripts of <see cref="Scripts.StoreScripts"/> write it; this class reads it.</summary>
internal sealed class Record
{
    // Digits, so that a script can read it with string functions alone:
    //
    //    0   4  "CCR3"
    //    4  16  stamp of the URI, hexadecimal; in a record of a scope a copy of the root's
    //   20   2  number of rows, decimal
    //   22   5  length of the URI in bytes, decimal
    //      27      URI in UTF-8; empty while nothing is stored
    //           rows, the newest first; of each:
    //             0  22  variant, hashed
    //            22  16  generation, hexadecimal
    //            38  20  rank + 2^63, decimal: as texts ranks compare like numbers
    //            58  32  last part of the body's key; zeros if the body is here
    //            90  13  end of the retention, ms since 1970 of the engine's clock
    //           103   7  length of the head
    //           110   7  length of the body here, with checksum
    //           117   8  size of the body's chunks; 0 if the body is here
    //           125  16  body identity, hexadecimal
    //           for each row its head (StoredHeadFormat), and its body with checksum if it is here
    //
    // A root without rows is for a URI without stored responses, while a commit may be on its way.
    public const int RowBytes = 141;

    /// <summary>The limit of a record's size, so that a look-up need not ask for more.</summary>
    public const int MostBytes = 1024 * 1024;

    private const int StampPosition = 4;
    private const int StampDigits = 16;
    private const int CountPosition = 20;
    private const int UriLengthPosition = 22;
    private const int FixedBytes = 27;

    private Record(ulong stamp, ReadOnlyMemory<byte> uri, RecordRow[] rows)
    {
        Stamp = stamp;
        Uri = uri;
        Rows = rows;
    }

    /// <summary>The number of bytes from the beginning that contain the stamp.</summary>
    public static int StampEnd => StampPosition + StampDigits;

    /// <summary>The stamp of the URI.</summary>
    public ulong Stamp { get; }

    /// <summary>The URI in UTF-8.</summary>
    public ReadOnlyMemory<byte> Uri { get; }

    /// <summary>The rows, the newest first.</summary>
    public RecordRow[] Rows { get; }

    private static ReadOnlySpan<byte> Magic => "CCR3"u8;

    private static ReadOnlySpan<byte> NoBodyKey => "00000000000000000000000000000000"u8;

    /// <summary>Reads the stamp from the beginning of a record. Never throws.</summary>
    public static bool TryReadStamp(ReadOnlySpan<byte> start, out ulong stamp)
    {
        stamp = 0;
        return start.Length >= StampEnd && start.StartsWith(Magic) && TryReadHex(start[StampPosition..StampEnd], out stamp);
    }

    /// <summary>Reads the URI from the beginning of a record. Never throws.</summary>
    /// <returns>False if it is not complete there.</returns>
    public static bool TryReadUri(ReadOnlySpan<byte> start, out ReadOnlySpan<byte> uri)
    {
        uri = default;
        if (start.Length < FixedBytes || !start.StartsWith(Magic)
            || !TryReadDecimal(start[UriLengthPosition..FixedBytes], out var length) || start.Length < FixedBytes + length)
        {
            return false;
        }

        uri = start.Slice(FixedBytes, length);
        return true;
    }

    /// <summary>Reads a record; nothing is copied. Never throws.</summary>
    /// <returns>False if the bytes are not a record of this version, or are damaged.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out Record? record)
    {
        record = null;
        var span = bytes.Span;
        if (!TryReadStamp(span, out var stamp) || span.Length < FixedBytes
            || !TryReadDecimal(span[CountPosition..UriLengthPosition], out var count)
            || !TryReadDecimal(span[UriLengthPosition..FixedBytes], out var uriLength)
            || span.Length < FixedBytes + uriLength + (count * RowBytes))
        {
            return false;
        }

        var rows = count == 0 ? [] : new RecordRow[count];
        var position = FixedBytes + uriLength;
        var content = position + (count * RowBytes);
        for (var i = 0; i < count; i++, position += RowBytes)
        {
            if (!TryReadRow(bytes, position, ref content, out rows[i]))
            {
                return false;
            }
        }

        if (content != span.Length)
        {
            return false;
        }

        record = new Record(stamp, bytes.Slice(FixedBytes, uriLength), rows);
        return true;
    }

    private static bool TryReadRow(ReadOnlyMemory<byte> bytes, int position, ref int content, out RecordRow row)
    {
        row = default;
        var span = bytes.Span.Slice(position, RowBytes);
        if (!TryReadHex(span[22..38], out var generation)
            || !TryReadDecimal(span[103..110], out var headLength)
            || !TryReadDecimal(span[110..117], out var bodyLength)
            || !TryReadDecimal(span[117..125], out var chunkBytes)
            || bytes.Length - content < headLength + bodyLength)
        {
            return false;
        }

        var bodyKey = span[58..90].SequenceEqual(NoBodyKey) ? null : Encoding.ASCII.GetString(span[58..90]);
        row = new RecordRow(generation, bodyKey, chunkBytes, bytes.Slice(content, headLength), bytes.Slice(content + headLength, bodyLength));
        content += headLength + bodyLength;
        return (bodyKey is null) == (chunkBytes == 0);
    }

    private static bool TryReadDecimal(ReadOnlySpan<byte> digits, out int value) =>
        Utf8Parser.TryParse(digits, out value, out var used) && used == digits.Length && value >= 0;

    private static bool TryReadHex(ReadOnlySpan<byte> digits, out ulong value) =>
        Utf8Parser.TryParse(digits, out value, out var used, 'x') && used == digits.Length;
}
