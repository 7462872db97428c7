using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace CacheControl.Storage.Files;

/// <summary>
/// What Linux is asked directly: .NET opens a file with five calls of the system where one is needed, throws for each file that is missing, and has no
/// word for whether a path still leads to an open file. Elsewhere, and on processors with other constants, .NET's own calls do.
/// </summary>
internal static class LinuxCalls
{
    private const int CloseOnExec = 0x80000;
    private const int NotFound = 2;
    private const int NotADirectory = 20;

    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint WantsChangeTimeInodeAndSize = 0x80 | 0x100 | 0x200;
    private const int StatusBytes = 256;

    private static readonly byte[] NoPath = [0];

    public static bool AreKnown { get; } =
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    /// <summary>Opens a file for reading, without a lock. Null if it can't be; <paramref name="isMissing"/> tells whether because there is none.</summary>
    public static SafeFileHandle? TryOpenToRead(string path, out bool isMissing)
    {
        var descriptor = Open(path, CloseOnExec);
        isMissing = descriptor < 0 && Marshal.GetLastPInvokeError() is NotFound or NotADirectory;
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>A path as <see cref="TryGetIdentity(byte[], out FileIdentity)"/> takes it.</summary>
    public static byte[] Encode(string path) => Encoding.UTF8.GetBytes(path + '\0');

    /// <summary>Which file a path leads to; false if to none.</summary>
    public static bool TryGetIdentity(byte[] path, out FileIdentity identity)
    {
        Span<byte> status = stackalloc byte[StatusBytes];
        var isThere = GetStatus(CurrentDirectory, path, NoFollow, WantsChangeTimeInodeAndSize, ref MemoryMarshal.GetReference(status)) == 0;
        identity = isThere ? FileIdentity.Of(status) : default;
        return isThere;
    }

    /// <summary>Which file an open one is; false if the system doesn't tell.</summary>
    public static bool TryGetIdentity(SafeFileHandle file, out FileIdentity identity)
    {
        Span<byte> status = stackalloc byte[StatusBytes];
        var isKnown = GetStatus(file, NoPath, EmptyPath, WantsChangeTimeInodeAndSize, ref MemoryMarshal.GetReference(status)) == 0;
        identity = isKnown ? FileIdentity.Of(status) : default;
        return isKnown;
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    // statx has one layout on all processors, unlike stat.
    [DllImport("libc", EntryPoint = "statx")]
    private static extern int GetStatus(int directory, byte[] path, int flags, uint mask, ref byte status);

    [DllImport("libc", EntryPoint = "statx")]
    private static extern int GetStatus(SafeFileHandle file, byte[] path, int flags, uint mask, ref byte status);
}
