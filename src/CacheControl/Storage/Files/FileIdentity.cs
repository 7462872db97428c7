using System.Runtime.InteropServices;

namespace HttpCaching.Storage.Files;

/// <summary>
/// Which file something is, and when it was last changed in any way. While a file is held open, no other one on the machine has its number.
/// </summary>
internal readonly record struct FileIdentity(ulong Device, ulong Inode, ulong Size, long ChangeSeconds, uint ChangeNanoseconds)
{
    /// <summary>Reads the answer of statx.</summary>
    public static FileIdentity Of(ReadOnlySpan<byte> status) => new(
        MemoryMarshal.Read<ulong>(status[136..]),
        MemoryMarshal.Read<ulong>(status[32..]),
        MemoryMarshal.Read<ulong>(status[40..]),
        MemoryMarshal.Read<long>(status[96..]),
        MemoryMarshal.Read<uint>(status[104..]));
}
