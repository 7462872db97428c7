using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace HttpCaching.Storage.Files;

/// <summary>A removal in the log of the state file: of a URI, a tag, a prefix, or everything.</summary>
internal readonly record struct Removal
{
    /// <summary>The bytes of a removal in the log: 16 of the hash, 4 of the kind, 4 of the prefix's length.</summary>
    public const int Bytes = 24;

    private const int HashBytes = 16;

    private readonly UInt128 _hash;
    private readonly RemovalKind _kind;
    private readonly int _length;

    private Removal(RemovalKind kind, UInt128 hash, int length)
    {
        _kind = kind;
        _hash = hash;
        _length = length;
    }

    /// <summary>The removal of everything.</summary>
    public static Removal OfAll => new(RemovalKind.All, 0, 0);

    /// <summary>The length of the prefix, if it is a removal by prefix.</summary>
    public int? PrefixLength => _kind == RemovalKind.Prefix ? _length : null;

    /// <summary>Whether it removes everything. True also if it can't be read, because then it may have.</summary>
    public bool IsOfAll => _kind is not (RemovalKind.Uri or RemovalKind.Tag or RemovalKind.Prefix);

    /// <summary>The removal of a URI.</summary>
    /// <param name="hash">The beginning of the URI's hash.</param>
    public static Removal OfUri(ReadOnlySpan<byte> hash) => new(RemovalKind.Uri, BinaryPrimitives.ReadUInt128LittleEndian(hash), 0);

    /// <summary>The removal of a tag.</summary>
    public static Removal OfTag(string tag, FileSeal seal) => new(RemovalKind.Tag, Hash(tag, seal), 0);

    /// <summary>The removal of the URIs with a prefix.</summary>
    public static Removal OfPrefix(ReadOnlySpan<char> prefix, FileSeal seal) => new(RemovalKind.Prefix, Hash(prefix, seal), prefix.Length);

    public static Removal Read(ReadOnlySpan<byte> bytes) => new(
        (RemovalKind)BinaryPrimitives.ReadInt32LittleEndian(bytes[HashBytes..]),
        BinaryPrimitives.ReadUInt128LittleEndian(bytes),
        BinaryPrimitives.ReadInt32LittleEndian(bytes[(HashBytes + sizeof(int))..]));

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, _hash);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[HashBytes..], (int)_kind);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[(HashBytes + sizeof(int))..], _length);
    }

    private static UInt128 Hash(ReadOnlySpan<char> text, FileSeal seal)
    {
        Span<byte> hash = stackalloc byte[32];
        seal.HashName(MemoryMarshal.AsBytes(text), hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
