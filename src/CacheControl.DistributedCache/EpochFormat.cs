using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace HttpCaching.DistributedCache;

/// <summary>The layout of an epoch in the engine, and the combination of several into one number.</summary>
internal static class EpochFormat
{
    // All numbers are little-endian.
    //
    //    0  4  magic "CCDE"
    //    4  1  version of this format
    //    5  3  zero
    //    8  8  the epoch: a random number, never zero
    //   16  4  CRC-32C of the 16 bytes before
    public const int Bytes = 20;

    private const byte Version = 1;

    private static ReadOnlySpan<byte> Magic => "CCDE"u8;

    /// <summary>A new epoch, different from all earlier ones.</summary>
    public static long Create()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        long epoch;
        do
        {
            RandomNumberGenerator.Fill(bytes);
            epoch = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        }
        while (epoch == 0);

        return epoch;
    }

    public static ReadOnlySequence<byte> Write(long epoch)
    {
        var bytes = new byte[Bytes];
        Magic.CopyTo(bytes);
        bytes[4] = Version;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), epoch);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16), ChecksumOf(bytes));
        return new ReadOnlySequence<byte>(bytes);
    }

    /// <summary>The epoch; 0 if these bytes are not an epoch.</summary>
    public static long Read(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Bytes && bytes.StartsWith(Magic) && bytes[4] == Version
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]) == ChecksumOf(bytes)
            ? BinaryPrimitives.ReadInt64LittleEndian(bytes[8..])
            : 0;

    /// <summary>One number for a sequence of epochs. If any epoch differs, the number differs, except by a chance of 2^-64.</summary>
    public static long Mix(params ReadOnlySpan<long> epochs)
    {
        // The mixing step of SplitMix64, chained.
        var mixed = 0x9E3779B97F4A7C15UL;
        foreach (var epoch in epochs)
        {
            mixed = (mixed ^ (ulong)epoch) + 0x9E3779B97F4A7C15UL;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
            mixed ^= mixed >> 31;
        }

        return (long)mixed;
    }

    private static uint ChecksumOf(ReadOnlySpan<byte> bytes)
    {
        var sum = default(Checksum);
        sum.Add(bytes[..16]);
        return sum.Value;
    }
}
