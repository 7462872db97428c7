using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace HttpCaching.Storage.Files;

/// <summary>
/// Direct system calls of Linux. .NET opens a file with five system calls instead of one, throws for each missing file, and can't
/// tell whether a path still leads to an open file. On other systems, and on processors with other constants, .NET's own calls are used.
/// </summary>
internal static class LinuxCalls
{
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int NotFound = 2;
    private const int NoSuchDevice = 6;
    private const int NotADirectory = 20;
    private const int TooManyLinks = 40;

    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint WantsIdentity = 0x4 | 0x80 | 0x100 | 0x200;
    private const uint WantsType = 0x1;
    private const int ModePosition = 28;
    private const int TypeMask = 0xF000;
    private const int RegularType = 0x8000;
    private const int StatusBytes = 256;

    private static readonly byte[] NoPath = [0];

    // The number differs between the two processors.
    private static readonly int Directory = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000;
    private static readonly int NoLink = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    public static bool AreKnown { get; } =
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    /// <summary>Opens a regular file for reading, without a lock and without waiting: a pipe would wait for a writer. Null if it can't be opened.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="isMissing">Whether there is no such file.</param>
    /// <param name="isForeign">Whether the path leads to something else: a pipe, a device, a socket, a directory, a link.</param>
    public static SafeFileHandle? TryOpenToRead(string path, out bool isMissing, out bool isForeign)
    {
        var descriptor = Open(path, CloseOnExec | NonBlocking | NoLink);
        if (descriptor < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            isMissing = error is NotFound or NotADirectory;
            isForeign = error is NoSuchDevice or TooManyLinks;
            return null;
        }

        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        isMissing = false;
        isForeign = !IsRegular(file);
        if (!isForeign)
        {
            return file;
        }

        file.Dispose();
        return null;
    }

    /// <summary>Whether an open file is a regular one.</summary>
    public static bool IsRegular(SafeFileHandle file)
    {
        Span<byte> status = stackalloc byte[StatusBytes];
        return GetStatus(file, NoPath, EmptyPath, WantsType, ref MemoryMarshal.GetReference(status)) == 0
            && (MemoryMarshal.Read<ushort>(status[ModePosition..]) & TypeMask) == RegularType;
    }

    /// <summary>Waits until the entries of a directory are on the disk.</summary>
    /// <exception cref="IOException">The disk has failed.</exception>
    public static void FlushDirectory(string path)
    {
        var descriptor = Open(path, CloseOnExec | Directory);
        if (descriptor < 0)
        {
            // Another process removed the directory, with its entries.
            return;
        }

        using var directory = new SafeFileHandle(descriptor, ownsHandle: true);
        RandomAccess.FlushToDisk(directory);
    }

    /// <summary>A path in the form for <see cref="TryGetIdentity(byte[], out FileIdentity)"/>.</summary>
    public static byte[] Encode(string path) => Encoding.UTF8.GetBytes(path + '\0');

    /// <summary>Identifies the file that a path leads to. Returns false if there is none.</summary>
    public static bool TryGetIdentity(byte[] path, out FileIdentity identity)
    {
        Span<byte> status = stackalloc byte[StatusBytes];
        var isThere = GetStatus(CurrentDirectory, path, NoFollow, WantsIdentity, ref MemoryMarshal.GetReference(status)) == 0;
        identity = isThere ? FileIdentity.Of(status) : default;
        return isThere;
    }

    /// <summary>Identifies an open file. Returns false if the system can't tell.</summary>
    public static bool TryGetIdentity(SafeFileHandle file, out FileIdentity identity)
    {
        Span<byte> status = stackalloc byte[StatusBytes];
        var isKnown = GetStatus(file, NoPath, EmptyPath, WantsIdentity, ref MemoryMarshal.GetReference(status)) == 0;
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
