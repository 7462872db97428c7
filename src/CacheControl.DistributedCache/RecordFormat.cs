using System.Buffers;
using System.Buffers.Binary;

namespace HttpCaching.DistributedCache;

/// <summary>The layout of a record in the engine.</summary>
internal static class RecordFormat
{
    // One value for each key: the heads of all its stored responses, and the bodies that are small. It is replaced as a whole, so that a reader sees one consistent view, and
    // of two nodes that write at once the later one wins, head and body together. All numbers are little-endian.
    //
    //    0  4  magic "CCDR"
    //    4  4  CRC-32C of all bytes after this
    //    8  1  version of this format
    //    9  3  zero
    //   12  4  length of everything
    //   16  8  mark of the epochs
    //   24  4  number of stored responses
    //   28  4  number of retired bodies
    //   32     then for each response, newest commit first:
    //             4  length of its head
    //             4  number of chunks; 0: the body lies in the record
    //             4  length of a chunk
    //             4  zero
    //            16  name of the body in chunks, or zero
    //             8  until when the response is of use, ticks of UTC
    //             8  until when the chunks are there, ticks of UTC
    //             8  mark of the tags' epochs
    //          then for each retired body:
    //            16  its name
    //             4  number of chunks
    //             4  zero
    //             8  since when, ticks of UTC
    //          then the heads (see StoredHeadFormat; they hold the whole key), then the bodies
    public const int MostParts = 1024;
    public const int MostRetired = 64;
    public const int PartBytes = 56;

    /// <summary>The most bytes of a record, which is read in one piece: a longer value is not from this store.</summary>
    public const int MostBytes = 32 * 1024 * 1024;

    private const int HeaderBytes = 32;
    private const int ChecksummedFrom = 8;
    private const int RetiredBytes = 32;
    private const byte Version = 1;

    private static ReadOnlySpan<byte> Magic => "CCDR"u8;

    /// <summary>The length of a record of these responses.</summary>
    public static long LengthOf(IReadOnlyList<RecordPart> parts, int retired)
    {
        var length = HeaderBytes + ((long)retired * RetiredBytes);
        foreach (var part in parts)
        {
            length += PartBytes + part.HeadBytes.Length + part.Inline.Length;
        }

        return length;
    }

    /// <summary>The bytes of a record. The bodies are not copied: they are segments of the sequence.</summary>
    public static ReadOnlySequence<byte> Write(Record record)
    {
        var total = (int)LengthOf(record.Parts, record.Retired.Count);
        var start = new byte[total - record.Parts.Sum(p => p.Inline.Length)];
        Magic.CopyTo(start);
        start[8] = Version;
        BinaryPrimitives.WriteInt32LittleEndian(start.AsSpan(12), total);
        BinaryPrimitives.WriteInt64LittleEndian(start.AsSpan(16), record.Mark);
        BinaryPrimitives.WriteInt32LittleEndian(start.AsSpan(24), record.Parts.Count);
        BinaryPrimitives.WriteInt32LittleEndian(start.AsSpan(28), record.Retired.Count);
        var rest = start.AsSpan(HeaderBytes);
        foreach (var part in record.Parts)
        {
            WritePart(rest, part);
            rest = rest[PartBytes..];
        }

        foreach (var retired in record.Retired)
        {
            retired.Name.Write(rest);
            BinaryPrimitives.WriteInt32LittleEndian(rest[16..], retired.Count);
            BinaryPrimitives.WriteInt64LittleEndian(rest[24..], retired.Since);
            rest = rest[RetiredBytes..];
        }

        var sequence = new SequenceBuilder(start);
        var sum = default(Checksum);
        foreach (var part in record.Parts)
        {
            part.HeadBytes.Span.CopyTo(rest);
            rest = rest[part.HeadBytes.Length..];
            sequence.Append(part.Inline);
        }

        sum.Add(start.AsSpan(ChecksummedFrom));
        foreach (var part in record.Parts)
        {
            sum.Add(part.Inline.Span);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(start.AsSpan(4), sum.Value);
        return sequence.Build();
    }

    /// <summary>Reads a record; null if the bytes are not of this version and key, or are damaged. Never throws. The parts refer to the bytes given.</summary>
    public static Record? Read(ReadOnlyMemory<byte> value, CacheKey key, DecodedHeads heads)
    {
        var bytes = value.Span;
        if (bytes.Length < HeaderBytes || bytes.Length > MostBytes || !bytes.StartsWith(Magic) || bytes[8] != Version
            || BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]) != bytes.Length)
        {
            return null;
        }

        var sum = default(Checksum);
        sum.Add(bytes[ChecksummedFrom..]);
        var count = BinaryPrimitives.ReadInt32LittleEndian(bytes[24..]);
        var retiredCount = BinaryPrimitives.ReadInt32LittleEndian(bytes[28..]);
        if (sum.Value != BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..])
            || count is < 0 or > MostParts || retiredCount is < 0 or > MostRetired
            || HeaderBytes + (count * PartBytes) + (retiredCount * RetiredBytes) > bytes.Length)
        {
            return null;
        }

        var retired = ReadRetired(bytes[(HeaderBytes + (count * PartBytes))..], retiredCount);
        var parts = ReadParts(value, count, HeaderBytes + (count * PartBytes) + (retiredCount * RetiredBytes), key, heads);
        return parts is null ? null : new Record(BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]), parts, retired);
    }

    private static void WritePart(Span<byte> bytes, RecordPart part)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes, part.HeadBytes.Length);
        if (part.Chunks is { } chunks)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], chunks.Count);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], chunks.ChunkBytes);
            chunks.Name.Write(bytes[16..]);
            BinaryPrimitives.WriteInt64LittleEndian(bytes[40..], chunks.Until);
        }

        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], part.Until);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[48..], part.TagMark);
    }

    private static RetiredBody[] ReadRetired(ReadOnlySpan<byte> bytes, int count)
    {
        var retired = count == 0 ? [] : new RetiredBody[count];
        for (var i = 0; i < count; i++, bytes = bytes[RetiredBytes..])
        {
            retired[i] = new RetiredBody(
                BodyName.Read(bytes), BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]));
        }

        return retired;
    }

    private static RecordPart[]? ReadParts(ReadOnlyMemory<byte> value, int count, int position, CacheKey key, DecodedHeads heads)
    {
        var parts = new RecordPart[count];
        for (var i = 0; i < count; i++)
        {
            var entry = value.Span.Slice(HeaderBytes + (i * PartBytes), PartBytes);
            var length = BinaryPrimitives.ReadInt32LittleEndian(entry);
            if (length < 0 || length > value.Length - position
                || !heads.TryRead(value.Span.Slice(position, length), key, out var head)
                || !TryReadPlace(entry, head.BodyLength, out var chunks))
            {
                return null;
            }

            parts[i] = new RecordPart(
                head,
                value.Slice(position, length),
                default,
                chunks,
                BinaryPrimitives.ReadInt64LittleEndian(entry[32..]),
                BinaryPrimitives.ReadInt64LittleEndian(entry[48..]));
            position += length;
        }

        for (var i = 0; i < count; i++)
        {
            var length = parts[i].Chunks is null ? parts[i].Head.BodyLength : 0;
            if (length > value.Length - position)
            {
                return null;
            }

            parts[i] = parts[i] with { Inline = value.Slice(position, (int)length) };
            position += (int)length;
        }

        return position == value.Length ? parts : null;
    }

    /// <summary>The location of the body; false if it is impossible.</summary>
    private static bool TryReadPlace(ReadOnlySpan<byte> entry, long bodyLength, out ChunkedPlace? chunks)
    {
        chunks = null;
        var count = BinaryPrimitives.ReadInt32LittleEndian(entry[4..]);
        if (count == 0)
        {
            return bodyLength >= 0;
        }

        var chunkBytes = BinaryPrimitives.ReadInt32LittleEndian(entry[8..]);
        chunks = new ChunkedPlace(BodyName.Read(entry[16..]), count, chunkBytes, BinaryPrimitives.ReadInt64LittleEndian(entry[40..]));
        return chunkBytes is > 0 and <= ChunkFormat.MostContentBytes && bodyLength > 0 && count == ((bodyLength - 1) / chunkBytes) + 1;
    }
}
