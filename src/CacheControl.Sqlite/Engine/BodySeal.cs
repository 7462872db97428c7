using System.Numerics;
using System.Runtime.InteropServices;

namespace HttpCaching.Sqlite.Engine;

/// <summary>
/// The checksum of a piece of a body: CRC-32C, bound to a number that no other body has and to the piece's place. So pieces can't be
/// mistaken for each other. Do not move a file to a machine of the other byte order: every piece would be damaged there.
/// </summary>
internal static class BodySeal
{
    /// <summary>The number of bytes of a checksum.</summary>
    public const int Bytes = sizeof(uint);

    private const int Lanes = 4;

    /// <summary>The checksum.</summary>
    /// <param name="salt">The body's number.</param>
    /// <param name="index">The piece's place in it.</param>
    /// <param name="bytes">The piece.</param>
    public static uint Of(long salt, long index, ReadOnlySpan<byte> bytes)
    {
        // Four parallel sums: the processor's CRC takes a step in each cycle, but has its result only after three.
        var a = BitOperations.Crc32C(uint.MaxValue, (ulong)salt);
        var b = BitOperations.Crc32C(a, (ulong)index);
        var c = BitOperations.Crc32C(b, (ulong)bytes.Length);
        var d = ~c;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        var i = 0;
        for (; i <= words.Length - Lanes; i += Lanes)
        {
            a = BitOperations.Crc32C(a, words[i]);
            b = BitOperations.Crc32C(b, words[i + 1]);
            c = BitOperations.Crc32C(c, words[i + 2]);
            d = BitOperations.Crc32C(d, words[i + 3]);
        }

        foreach (var value in bytes[(i * sizeof(ulong))..])
        {
            a = BitOperations.Crc32C(a, value);
        }

        return BitOperations.Crc32C(BitOperations.Crc32C(a, b), ((ulong)c << 32) | d);
    }
}
