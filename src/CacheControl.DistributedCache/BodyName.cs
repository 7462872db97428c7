using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace HttpCaching.DistributedCache;

/// <summary>The random name of a body in chunks. Each write draws a new one, so two bodies never share a chunk.</summary>
internal readonly record struct BodyName(ulong High, ulong Low)
{
    public const int Bytes = 16;

    public static BodyName Create()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        RandomNumberGenerator.Fill(bytes);
        return Read(bytes);
    }

    public static BodyName Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, High);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], Low);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{High:x16}{Low:x16}");
}
