using System.Buffers.Binary;
using System.Numerics;

namespace CacheControl.Storage.Engine;

/// <summary>
/// The checksum of a piece of a body: CRC-32C, bound to a number that no other body has and to the piece's place, so that pieces can't be
/// mistaken for each other.
/// </summary>
internal static class BodySeal
{
    private const int LaneBytes = sizeof(ulong);
    private const int StrideBytes = 4 * LaneBytes;

    /// <summary>The checksum.</summary>
    /// <param name="salt">The body's number.</param>
    /// <param name="index">The piece's place in it.</param>
    /// <param name="bytes">The piece.</param>
    public static uint Of(long salt, long index, ReadOnlySpan<byte> bytes)
    {
        // Four sums beside each other: the processor's CRC takes a step in each cycle, but has its result only after three.
        var a = BitOperations.Crc32C(uint.MaxValue, (ulong)salt);
        var b = BitOperations.Crc32C(a, (ulong)index);
        var c = BitOperations.Crc32C(b, (ulong)bytes.Length);
        var d = ~c;
        for (; bytes.Length >= StrideBytes; bytes = bytes[StrideBytes..])
        {
            a = BitOperations.Crc32C(a, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            b = BitOperations.Crc32C(b, BinaryPrimitives.ReadUInt64LittleEndian(bytes[LaneBytes..]));
            c = BitOperations.Crc32C(c, BinaryPrimitives.ReadUInt64LittleEndian(bytes[(2 * LaneBytes)..]));
            d = BitOperations.Crc32C(d, BinaryPrimitives.ReadUInt64LittleEndian(bytes[(3 * LaneBytes)..]));
        }

        foreach (var value in bytes)
        {
            a = BitOperations.Crc32C(a, value);
        }

        return BitOperations.Crc32C(BitOperations.Crc32C(a, b), ((ulong)c << 32) | d);
    }
}
