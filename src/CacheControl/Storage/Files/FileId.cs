using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace HttpCaching.Storage.Files;

/// <summary>The identity of a file: 128 random bits, so that no two writers of any process ever write the same file.</summary>
internal readonly record struct FileId(ulong High, ulong Low)
{
    public const int Bytes = 16;

    public static FileId Create()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        RandomNumberGenerator.Fill(bytes);
        return Read(bytes);
    }

    public static FileId Read(ReadOnlySpan<byte> source) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(source), BinaryPrimitives.ReadUInt64LittleEndian(source[sizeof(ulong)..]));

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, High);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[sizeof(ulong)..], Low);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{High:x16}{Low:x16}");
}
