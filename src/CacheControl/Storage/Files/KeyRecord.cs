using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace HttpCaching.Storage.Files;

/// <summary>The stored responses of one key in one file: one consistent view.</summary>
internal sealed class KeyRecord
{
    // The head and an inline body of the default limit, with some room.
    private const int FirstReadBytes = 20 * 1024;

    private KeyRecord(CacheKey key, RecordPart[] parts, FileId id, long fileBytes, UseStamp use)
    {
        Key = key;
        Parts = parts;
        Id = id;
        FileBytes = fileBytes;
        Use = use;
    }

    public CacheKey Key { get; }

    /// <summary>Newest first.</summary>
    public RecordPart[] Parts { get; }

    public FileId Id { get; }

    public long FileBytes { get; }

    public UseStamp Use { get; }

    /// <summary>The bytes of record and bodies on disk.</summary>
    public long BytesOnDisk
    {
        get
        {
            var bytes = FileLayout.OnDisk(FileBytes);
            foreach (var part in Parts)
            {
                bytes += part.BodyFile is null ? 0 : FileLayout.OnDisk(FileLayout.BodyFileBytes(part.Head.BodyLength));
            }

            return bytes;
        }
    }

    /// <summary>The paths of the body files that it refers to.</summary>
    public IEnumerable<string> BodyPaths(FilePlace place) => Parts.Where(p => p.BodyFile is not null).Select(p => place.BodyPath(p.BodyFile!.Value));

    /// <summary>Reads a record.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="seal">The store's seal.</param>
    /// <param name="expected">The expected key, or null for any.</param>
    /// <param name="isDamaged">Whether there is a file that is not a record of this key.</param>
    /// <returns>The record; null if there is none.</returns>
    public static KeyRecord? Read(string path, FileSeal seal, CacheKey? expected, out bool isDamaged)
    {
        using var file = FileModes.TryOpenToRead(path, out var status, out isDamaged);
        return file is null ? null : Read(file, seal, expected, UseStamp.Of(status.IsKnown ? status.LastWrite : File.GetLastWriteTimeUtc(file)), null, out isDamaged);
    }

    /// <summary>Reads a record from an open file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="seal">The store's seal.</param>
    /// <param name="expected">The expected key, or null for any.</param>
    /// <param name="use">The time of its last use and the number of uses.</param>
    /// <param name="heads">Reads the heads of an expected key, and remembers them; null to remember none.</param>
    /// <param name="isDamaged">Whether the file is not a record of this key.</param>
    public static KeyRecord? Read(SafeFileHandle file, FileSeal seal, CacheKey? expected, UseStamp use, DecodedHeads? heads, out bool isDamaged)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstReadBytes);
        try
        {
            var record = TryReadWhole(file, seal, ref buffer, out var length) ? Parse(Kept(buffer.AsMemory(0, length), heads), seal, expected, use, heads) : null;
            isDamaged = record is null;
            return record;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The bytes that parts refer to. A snapshot keeps only the bodies, of which each part has a copy; a record that is written anew keeps all bytes.</summary>
    private static Memory<byte> Kept(Memory<byte> read, DecodedHeads? heads) => heads is null ? read.ToArray() : read;

    /// <summary>Reads a record into a buffer, or into a larger one. False if the header is invalid or states another length. Most records take one read.</summary>
    private static bool TryReadWhole(SafeFileHandle file, FileSeal seal, ref byte[] buffer, out int length)
    {
        length = 0;
        var count = FileModes.Read(file, buffer, 0);
        if (!FileLayout.TryReadHeader(buffer.AsSpan(0, count), FileLayout.RecordMagic, seal.Kind, out var contentBytes, out _)
            || contentBytes > FileLayout.MostRecordBytes)
        {
            return false;
        }

        length = FileLayout.HeaderBytes + (int)contentBytes + FileLayout.TrailerBytes;
        if (count != length && RandomAccess.GetLength(file) != length)
        {
            return false;
        }

        if (length > buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(length);
            buffer.AsSpan(0, count).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = larger;
        }

        return ReadAll(file, buffer.AsSpan(count..length), count);
    }

    /// <summary>The bytes of a record that is to be written.</summary>
    public static RecordImage Encode(FileSeal seal, IReadOnlyList<RecordPart> parts)
    {
        var contentBytes = sizeof(int) + parts.Sum(p => p.RecordBytes);
        var image = new RecordImage(FileId.Create(), FileLayout.HeaderBytes + contentBytes + FileLayout.TrailerBytes);
        var bytes = image.Bytes;
        FileLayout.WriteHeader(bytes, FileLayout.RecordMagic, seal.Kind, contentBytes, image.Id);
        var content = bytes.Slice(FileLayout.HeaderBytes, contentBytes);
        Fill(content, parts);
        using var block = seal.For(image.Id);
        block.Close(0, content, bytes[^FileLayout.TrailerBytes..]);
        return image;
    }

    private static void Fill(Span<byte> content, IReadOnlyList<RecordPart> parts)
    {
        BinaryPrimitives.WriteInt32LittleEndian(content, parts.Count);
        content = content[sizeof(int)..];
        foreach (var part in parts)
        {
            BinaryPrimitives.WriteInt32LittleEndian(content, part.HeadBytes.Length);
            BinaryPrimitives.WriteInt32LittleEndian(content[4..], part.BodyFile is null ? 0 : 1);
            (part.BodyFile ?? default).Write(content[8..]);
            content = content[FileLayout.PartBytes..];
        }

        foreach (var part in parts)
        {
            part.HeadBytes.Span.CopyTo(content);
            part.Inline.Span.CopyTo(content[part.HeadBytes.Length..]);
            content = content[(part.HeadBytes.Length + part.Inline.Length)..];
        }
    }

    private static bool ReadAll(SafeFileHandle file, Span<byte> bytes, long position)
    {
        while (!bytes.IsEmpty)
        {
            var count = FileModes.Read(file, bytes, position);
            if (count == 0)
            {
                return false;
            }

            bytes = bytes[count..];
            position += count;
        }

        return true;
    }

    private static KeyRecord? Parse(Memory<byte> bytes, FileSeal seal, CacheKey? expected, UseStamp use, DecodedHeads? heads)
    {
        var contentBytes = bytes.Length - FileLayout.HeaderBytes - FileLayout.TrailerBytes;
        if (!FileLayout.TryReadHeader(bytes.Span, FileLayout.RecordMagic, seal.Kind, out var stated, out var id) || stated != contentBytes)
        {
            return null;
        }

        var content = bytes.Slice(FileLayout.HeaderBytes, contentBytes);
        using (var block = seal.For(id))
        {
            if (!block.TryOpen(0, content.Span, bytes.Span[^FileLayout.TrailerBytes..]))
            {
                return null;
            }
        }

        return contentBytes >= sizeof(int) && ReadParts(content, ref expected, heads) is { Length: > 0 } parts
            ? new KeyRecord(expected!.Value, parts, id, bytes.Length, use)
            : null;
    }

    /// <summary>Reads the parts, all of one key; null if any is invalid.</summary>
    private static RecordPart[]? ReadParts(ReadOnlyMemory<byte> content, ref CacheKey? expected, DecodedHeads? heads)
    {
        var count = BinaryPrimitives.ReadInt32LittleEndian(content.Span);
        var table = content[sizeof(int)..];
        if (count < 0 || count > table.Length / FileLayout.PartBytes)
        {
            return null;
        }

        var rest = table[(count * FileLayout.PartBytes)..];
        var parts = new RecordPart[count];
        for (var i = 0; i < count; i++)
        {
            if (ReadPart(table.Span[(i * FileLayout.PartBytes)..], ref rest, ref expected, heads) is not { } part)
            {
                return null;
            }

            parts[i] = part;
        }

        return rest.IsEmpty ? parts : null;
    }

    private static RecordPart? ReadPart(ReadOnlySpan<byte> entry, ref ReadOnlyMemory<byte> rest, ref CacheKey? expected, DecodedHeads? heads)
    {
        var headBytes = BinaryPrimitives.ReadInt32LittleEndian(entry);
        var isFile = BinaryPrimitives.ReadInt32LittleEndian(entry[4..]) != 0;
        if (headBytes < 0 || headBytes > rest.Length || !TryReadHead(rest.Span[..headBytes], ref expected, heads, out var head) || head.BodyLength < 0)
        {
            return null;
        }

        var bytes = heads is null ? rest[..headBytes] : default;
        rest = rest[headBytes..];
        if (isFile)
        {
            return new RecordPart(head, bytes, default, FileId.Read(entry[8..]));
        }

        if (head.BodyLength > rest.Length)
        {
            return null;
        }

        var inline = rest[..(int)head.BodyLength];
        rest = rest[inline.Length..];
        return new RecordPart(head, bytes, heads is null ? inline : inline.ToArray(), null);
    }

    private static bool TryReadHead(ReadOnlySpan<byte> bytes, ref CacheKey? expected, DecodedHeads? heads, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out StoredResponse? head)
    {
        if (expected is { } key)
        {
            return heads is null ? StoredHeadFormat.TryRead(bytes, key, out head) : heads.TryRead(bytes, key, out head);
        }

        if (!StoredHeadFormat.TryRead(bytes, out key, out head))
        {
            return false;
        }

        expected = key;
        return true;
    }
}
