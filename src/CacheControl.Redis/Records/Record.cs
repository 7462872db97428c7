using System.Buffers.Text;
using StackExchange.Redis;

namespace HttpCaching.Redis.Records;

/// <summary>
/// The value of a key: all heads, and the small bodies. The scripts of <see cref="Scripts.StoreScripts"/> write it; this type reads it. Its bytes are memory of a pool: the owner of the record
/// disposes <see cref="Bytes"/> once, after the last use of them.
/// </summary>
internal readonly struct Record
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

    private Record(Lease<byte> bytes, ulong stamp, int uriLength, int count)
    {
        Bytes = bytes;
        Stamp = stamp;
        Rows = new RecordRows(bytes, FixedBytes + uriLength, count);
    }

    /// <summary>The number of bytes from the beginning that contain the stamp.</summary>
    public static int StampEnd => StampPosition + StampDigits;

    /// <summary>The stamp of the URI.</summary>
    public ulong Stamp { get; }

    /// <summary>All bytes.</summary>
    public Lease<byte> Bytes { get; }

    /// <summary>The rows, the newest first.</summary>
    public RecordRows Rows { get; }

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
    /// <param name="bytes">The bytes. If the result is true, they are the record's; else they remain the caller's.</param>
    /// <param name="record">The record, if the result is true.</param>
    /// <returns>False if the bytes are not a record of this version, or are damaged.</returns>
    public static bool TryRead(Lease<byte> bytes, out Record record)
    {
        record = default;
        ReadOnlySpan<byte> span = bytes.Span;
        if (!TryReadStamp(span, out var stamp) || span.Length < FixedBytes
            || !TryReadDecimal(span[CountPosition..UriLengthPosition], out var count)
            || !TryReadDecimal(span[UriLengthPosition..FixedBytes], out var uriLength)
            || span.Length < FixedBytes + uriLength + (count * RowBytes))
        {
            return false;
        }

        var position = FixedBytes + uriLength;
        var content = position + (count * RowBytes);
        for (var i = 0; i < count; i++, position += RowBytes)
        {
            if (!TryReadRow(span, position, content, out var row))
            {
                return false;
            }

            content = row.Body.End;
        }

        if (content != span.Length)
        {
            return false;
        }

        record = new Record(bytes, stamp, uriLength, count);
        return true;
    }

    /// <summary>Reads a row. Never throws.</summary>
    /// <param name="bytes">All bytes of the record.</param>
    /// <param name="position">The position of the row.</param>
    /// <param name="content">The position of its head.</param>
    /// <param name="row">The row, if the result is true.</param>
    public static bool TryReadRow(ReadOnlySpan<byte> bytes, int position, int content, out RecordRow row)
    {
        row = default;
        var span = bytes.Slice(position, RowBytes);
        if (!TryReadHex(span[22..38], out var generation)
            || !TryReadDecimal(span[103..110], out var headLength)
            || !TryReadDecimal(span[110..117], out var bodyLength)
            || !TryReadDecimal(span[117..125], out var chunkBytes)
            || bytes.Length - content < headLength + bodyLength)
        {
            return false;
        }

        var isChunked = !span[58..90].SequenceEqual(NoBodyKey);
        var head = new RecordSlice(content, headLength);
        row = new RecordRow(generation, new RecordSlice(position + 58, NoBodyKey.Length), chunkBytes, head, new RecordSlice(head.End, bodyLength));
        return isChunked == row.IsChunked;
    }

    private static bool TryReadDecimal(ReadOnlySpan<byte> digits, out int value) =>
        Utf8Parser.TryParse(digits, out value, out var used) && used == digits.Length && value >= 0;

    private static bool TryReadHex(ReadOnlySpan<byte> digits, out ulong value) =>
        Utf8Parser.TryParse(digits, out value, out var used, 'x') && used == digits.Length;
}
