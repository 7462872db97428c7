using System.Runtime.InteropServices;

namespace HttpCaching.Storage.Files;

/// <summary>
/// Identifies a file, with the time of its last change of any kind. While a file is open, no other file on the machine has its number.
/// </summary>
internal readonly record struct FileIdentity(ulong Device, ulong Inode, ulong Size, long ChangeSeconds, uint ChangeNanoseconds)
{
    /// <summary>Reads the result of statx.</summary>
    public static FileIdentity Of(ReadOnlySpan<byte> status) => new(
        MemoryMarshal.Read<ulong>(status[136..]),
        MemoryMarshal.Read<ulong>(status[32..]),
        MemoryMarshal.Read<ulong>(status[40..]),
        MemoryMarshal.Read<long>(status[96..]),
        MemoryMarshal.Read<uint>(status[104..]));
}
