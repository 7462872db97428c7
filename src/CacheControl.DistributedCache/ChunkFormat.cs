using System.Buffers;
using System.Buffers.Binary;

namespace HttpCaching.DistributedCache;

/// <summary>The layout of a chunk in the engine.</summary>
internal static class ChunkFormat
{
    // All numbers are little-endian.
    //
    //    0  4  magic "CCDC"
    //    4  4  CRC-32C of all bytes after this
    //    8  1  version of this format
    //    9  3  zero
    //   12  4  number of the chunk, from 0
    //   16 16  name of the body
    //   32     content
    //
    // Name and number are in the value too: a chunk of another body or another place never passes.
    public const int HeaderBytes = 32;
    public const int MostContentBytes = 16 * 1024 * 1024;

    private const int ChecksummedFrom = 8;
    private const byte Version = 1;

    private static ReadOnlySpan<byte> Magic => "CCDC"u8;

    /// <summary>The bytes of a chunk. The content is not copied.</summary>
    public static ReadOnlySequence<byte> Write(BodyName name, int index, ReadOnlyMemory<byte> content)
    {
        var header = new byte[HeaderBytes];
        Magic.CopyTo(header);
        header[8] = Version;
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), index);
        name.Write(header.AsSpan(16));
        var sum = default(Checksum);
        sum.Add(header.AsSpan(ChecksummedFrom));
        sum.Add(content.Span);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), sum.Value);
        var sequence = new SequenceBuilder(header);
        sequence.Append(content);
        return sequence.Build();
    }

    /// <summary>Whether these bytes are a certain chunk, complete and undamaged.</summary>
    public static bool IsChunk(ReadOnlySpan<byte> bytes, BodyName name, int index, int contentBytes)
    {
        if (bytes.Length != HeaderBytes + contentBytes || !bytes.StartsWith(Magic) || bytes[8] != Version
            || BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]) != index || BodyName.Read(bytes[16..]) != name)
        {
            return false;
        }

        var sum = default(Checksum);
        sum.Add(bytes[ChecksummedFrom..]);
        return sum.Value == BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
    }
}
