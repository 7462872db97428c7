using System.Runtime.InteropServices;

namespace HttpCaching.Storage.Files;

/// <summary>
/// Identifies a file, with the time of its last change of any kind and the number of its names. While a file is open, no other file on the machine has its number.
/// </summary>
internal readonly record struct FileIdentity(ulong Device, ulong Inode, ulong Size, long ChangeSeconds, uint ChangeNanoseconds, uint Links)
{
    /// <summary>Whether the file has a name: it was not deleted, and no other file has taken its place.</summary>
    public bool HasName => Links > 0;

    /// <summary>Reads the result of statx.</summary>
    public static FileIdentity Of(ReadOnlySpan<byte> status) => new(
        MemoryMarshal.Read<ulong>(status[136..]),
        MemoryMarshal.Read<ulong>(status[32..]),
        MemoryMarshal.Read<ulong>(status[40..]),
        MemoryMarshal.Read<long>(status[96..]),
        MemoryMarshal.Read<uint>(status[104..]),
        MemoryMarshal.Read<uint>(status[16..]));
}
