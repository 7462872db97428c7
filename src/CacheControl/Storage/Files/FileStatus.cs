using System.Runtime.InteropServices;

namespace HttpCaching.Storage.Files;

/// <summary>What the system tells of a file in one call.</summary>
/// <param name="Identity">Which file it is, and its state.</param>
/// <param name="IsRegular">Whether it is a regular file.</param>
/// <param name="LastWrite">When it was written last, in UTC.</param>
internal readonly record struct FileStatus(FileIdentity Identity, bool IsRegular, DateTime LastWrite)
{
    private const int TypeMask = 0xF000;
    private const int RegularType = 0x8000;
    private const int NanosecondsOfTick = 100;

    /// <summary>Whether the system was asked: it is not on other systems than Linux.</summary>
    public bool IsKnown => LastWrite != default;

    /// <summary>Reads the result of statx.</summary>
    public static FileStatus Of(ReadOnlySpan<byte> status) => new(
        FileIdentity.Of(status),
        (MemoryMarshal.Read<ushort>(status[28..]) & TypeMask) == RegularType,
        TimeOf(MemoryMarshal.Read<long>(status[112..]), MemoryMarshal.Read<uint>(status[120..])));

    private static DateTime TimeOf(long seconds, uint nanoseconds)
    {
        var range = (DateTime.MaxValue - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;
        return DateTime.UnixEpoch.AddTicks((Math.Clamp(seconds, 0, range - 1) * TimeSpan.TicksPerSecond) + (nanoseconds / NanosecondsOfTick));
    }
}
