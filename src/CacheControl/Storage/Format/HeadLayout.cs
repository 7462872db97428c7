using System.Buffers.Binary;
using System.Numerics;

namespace HttpCaching.Storage.Format;

/// <summary>The layout of a stored head.</summary>
internal static class HeadLayout
{
    // All numbers are little-endian.
    //
    //   0  4  magic "CCSR"
    //   4  1  version of this format
    //   5  1  flags, see below
    //   6  2  status code
    //   8  4  length of everything, from the magic to the checksum
    //  12  1  HTTP version, major
    //  13  1  HTTP version, minor
    //  14  2  zero
    //  16  8  request time, ticks in UTC
    //  24  8  response time, ticks in UTC
    //  32  8  body length
    //  40  8  rank
    //  48  8  generation
    //  56  8  body id
    //  64  8  age value, ticks                     only if flagged
    //      8  first byte held of a part            only if flagged
    //      8  complete length of it, or -1         only if flagged
    //         text  URI of the key
    //         text  scope of the key, or null
    //         text  target URI; null: the key's
    //         text  method
    //         text  reason phrase, or null
    //         text  variant
    //         count, then for each selecting field: name, text or null
    //         count, then for each field line:      name, text
    //         count, then for each tag:             text
    //         count, then for each further selection: count, then for each selecting field: name, text or null; only if flagged
    //      4  CRC-32C of all bytes before
    //
    // count  a variable-length number: 7 bits a byte, the low ones first, the high bit set on all bytes but the last
    // text   a variable-length number, then the characters:
    //        0 for null; 2n + 1 for n characters of Latin-1, a byte each; 2n + 2 for n characters of UTF-16
    // name   a byte that stands for a known name; or 0, then a text
    public const byte Version = 1;
    public const int LengthPosition = 8;
    public const int FixedBytes = 64;
    public const int OptionalBytes = 24;
    public const int CountBytes = 5;
    public const int ChecksumBytes = sizeof(uint);
    public const int FewestBytes = FixedBytes + ChecksumBytes;

    /// <summary>The number of bytes that contain the length.</summary>
    public const int LengthPrefixBytes = LengthPosition + sizeof(uint);

    public const byte DecodedFlag = 1;
    public const byte MustValidateFlag = 2;
    public const byte CredentialsFlag = 4;
    public const byte AgeFlag = 8;
    public const byte PartFlag = 16;
    public const byte FurtherSelectionsFlag = 32;
    public const byte UnreliableTagFlag = 64;
    public const byte MarkedStaleFlag = 128;
    public const byte AllFlags = DecodedFlag | MustValidateFlag | CredentialsFlag | AgeFlag | PartFlag | FurtherSelectionsFlag | UnreliableTagFlag | MarkedStaleFlag;

    public static ReadOnlySpan<byte> Magic => "CCSR"u8;

    /// <summary>Whether a number can be a status code.</summary>
    public static bool IsStatusCode(int statusCode) => statusCode is >= 100 and <= 999;

    /// <summary>The CRC-32C of some bytes: finds damage, not malice.</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var value in bytes)
        {
            sum = BitOperations.Crc32C(sum, value);
        }

        return ~sum;
    }
}
