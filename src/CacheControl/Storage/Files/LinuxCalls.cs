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
    private const int Interrupted = 4;
    private const int NoSuchDevice = 6;
    private const int NotADirectory = 20;
    private const int TooManyLinks = 40;

    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint WantsIdentity = 0x4 | 0x80 | 0x100 | 0x200;
    private const uint WantsStatus = WantsIdentity | 0x1 | 0x40;
    private const int StatusBytes = 256;

    private static readonly byte[] NoPath = [0];

    // The numbers differ between the two processors.
    private static readonly int Directory = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000;

    public static bool AreKnown { get; } =
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    /// <summary>The flag with which opening a link fails.</summary>
    public static int NoLink { get; } = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    /// <summary>Opens a regular file for reading, without a lock and without waiting: a pipe would wait for a writer. Null if it can't be opened.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="status">What is known of it.</param>
    /// <param name="isMissing">Whether there is no such file.</param>
    /// <param name="isForeign">Whether the path leads to something else: a pipe, a device, a socket, a directory, a link.</param>
    public static SafeFileHandle? TryOpenToRead(string path, out FileStatus status, out bool isMissing, out bool isForeign)
    {
        status = default;
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
        isForeign = !TryGetStatus(file, out status) || !status.IsRegular;
        if (!isForeign)
        {
            return file;
        }

        file.Dispose();
        return null;
    }

    /// <summary>Whether an open file is a regular one.</summary>
    public static bool IsRegular(SafeFileHandle file) => TryGetStatus(file, out var status) && status.IsRegular;

    /// <summary>Reads from an open file, with one system call: .NET asks before the first read whether the file has positions.</summary>
    /// <exception cref="IOException">The disk has failed.</exception>
    public static int Read(SafeFileHandle file, Span<byte> bytes, long position)
    {
        while (true)
        {
            var count = (int)Read(file, ref MemoryMarshal.GetReference(bytes), bytes.Length, position);
            if (count >= 0)
            {
                return count;
            }

            if (Marshal.GetLastPInvokeError() is var error && error != Interrupted)
            {
                throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
            }
        }
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

    private static bool TryGetStatus(SafeFileHandle file, out FileStatus found)
    {
        Span<byte> status = stackalloc byte[StatusBytes];
        var isKnown = GetStatus(file, NoPath, EmptyPath, WantsStatus, ref MemoryMarshal.GetReference(status)) == 0;
        found = isKnown ? FileStatus.Of(status) : default;
        return isKnown;
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "pread", SetLastError = true)]
    private static extern nint Read(SafeFileHandle file, ref byte bytes, nint count, long position);

    // statx has one layout on all processors, unlike stat.
    [DllImport("libc", EntryPoint = "statx")]
    private static extern int GetStatus(int directory, byte[] path, int flags, uint mask, ref byte status);

    [DllImport("libc", EntryPoint = "statx")]
    private static extern int GetStatus(SafeFileHandle file, byte[] path, int flags, uint mask, ref byte status);
}
