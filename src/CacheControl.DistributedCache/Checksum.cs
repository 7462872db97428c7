using System.Buffers.Binary;
using System.Numerics;

namespace HttpCaching.DistributedCache;

/// <summary>CRC-32C over bytes in several pieces: finds damage and foreign values, not malice.</summary>
internal struct Checksum
{
    private uint _inverted;

    public readonly uint Value => _inverted;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        var sum = ~_inverted;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var value in bytes)
        {
            sum = BitOperations.Crc32C(sum, value);
        }

        _inverted = ~sum;
    }
}
