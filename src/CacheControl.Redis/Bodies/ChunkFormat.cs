using System.Buffers.Binary;
using System.Numerics;

namespace HttpCaching.Redis.Bodies;

/// <summary>Bytes of a body, followed by a checksum of them, of the body's identity and of their place in it.</summary>
internal static class ChunkFormat
{
    /// <summary>The number of bytes of the checksum.</summary>
    public const int ChecksumBytes = sizeof(uint);

    /// <summary>Writes the checksum behind the bytes.</summary>
    /// <param name="chunk">The bytes, and room for the checksum.</param>
    /// <param name="seed">The value of the body's key in the checksum.</param>
    /// <param name="index">The index of the chunk in the body.</param>
    public static void Seal(Span<byte> chunk, ulong seed, int index) =>
        BinaryPrimitives.WriteUInt32LittleEndian(chunk[^ChecksumBytes..], Checksum(chunk[..^ChecksumBytes], seed, index));

    /// <summary>Whether the bytes are the written ones, at their own place.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> chunk, ulong seed, int index) =>
        chunk.Length >= ChecksumBytes
        && BinaryPrimitives.ReadUInt32LittleEndian(chunk[^ChecksumBytes..]) == Checksum(chunk[..^ChecksumBytes], seed, index);

    private static uint Checksum(ReadOnlySpan<byte> bytes, ulong seed, int index)
    {
        var sum = BitOperations.Crc32C(BitOperations.Crc32C(uint.MaxValue, seed), (uint)index);
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
