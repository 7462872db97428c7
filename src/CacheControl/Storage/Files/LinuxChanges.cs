using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HttpCaching.Storage.Files;

/// <summary>
/// Direct system calls of Linux that change files. .NET makes a file with seven system calls instead of one, and takes the lock of a file with five instead of two.
/// Used where <see cref="LinuxCalls.AreKnown"/>.
/// </summary>
internal static class LinuxChanges
{
    private const int ReadAndWrite = 2;
    private const int CreateIfMissing = 0x40;
    private const int CreateNew = CreateIfMissing | 0x80;
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int ExclusiveWithoutWaiting = 2 | 4;
    private const int OwnerOnly = 0x180;

    private const int NotPermitted = 1;
    private const int NotFound = 2;
    private const int Interrupted = 4;
    private const int TryAgain = 11;
    private const int AccessDenied = 13;
    private const int Exists = 17;

    /// <summary>Makes a file that no other user can read. Returns null if there is one already.</summary>
    /// <exception cref="DirectoryNotFoundException">Its directory is missing.</exception>
    /// <exception cref="IOException">The disk has failed or is full.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not write there.</exception>
    public static SafeFileHandle? TryCreate(string path)
    {
        var descriptor = Open(path, ReadAndWrite | CreateNew | CloseOnExec | LinuxCalls.NoLink, OwnerOnly);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : Error() is var error && error == Exists ? null : throw Failed(error, path);
    }

    /// <summary>Takes the lock of a file, which is made if it is missing. Does not wait; null if another process has the lock.</summary>
    /// <exception cref="DirectoryNotFoundException">Its directory is missing.</exception>
    /// <exception cref="IOException">It is not a regular file, or the disk has failed.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not write there.</exception>
    public static SafeFileHandle? TryOpenLocked(string path)
    {
        var descriptor = Open(path, ReadAndWrite | CreateIfMissing | CloseOnExec | NonBlocking | LinuxCalls.NoLink, OwnerOnly);
        if (descriptor < 0)
        {
            throw Failed(Error(), path);
        }

        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        int result;
        do
        {
            result = Lock(file, ExclusiveWithoutWaiting);
        }
        while (result < 0 && Error() == Interrupted);

        if (result == 0 && LinuxCalls.IsRegular(file))
        {
            return file;
        }

        var error = result < 0 ? Error() : 0;
        file.Dispose();
        return error switch
        {
            TryAgain => null,
            0 => throw new IOException($"'{path}' is not a regular file: delete it."),
            _ => throw Failed(error, path),
        };
    }

    /// <summary>Reserves the blocks of a file, if the file system offers that.</summary>
    public static void TryReserve(SafeFileHandle file, long bytes) => Reserve(file, 0, 0, bytes);

    /// <summary>Writes all bytes.</summary>
    /// <exception cref="IOException">The disk has failed or is full.</exception>
    public static void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long position, string path)
    {
        while (!bytes.IsEmpty)
        {
            var count = (int)Write(file, ref MemoryMarshal.GetReference(bytes), bytes.Length, position);
            if (count >= 0)
            {
                bytes = bytes[count..];
                position += count;
            }
            else if (Error() is var error && error != Interrupted)
            {
                throw Failed(error, path);
            }
        }
    }

    /// <summary>Gives a file another name, in the place of the file that has it.</summary>
    /// <exception cref="IOException">The disk has failed.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not write there.</exception>
    public static void Rename(string from, string to)
    {
        if (RenameTo(from, to) < 0)
        {
            throw Failed(Error(), to);
        }
    }

    private static int Error() => Marshal.GetLastPInvokeError();

    private static Exception Failed(int error, string path)
    {
        var message = $"{Marshal.GetPInvokeErrorMessage(error)}: '{path}'";
        return error switch
        {
            NotFound => new DirectoryNotFoundException(message),
            NotPermitted or AccessDenied => new UnauthorizedAccessException(message),
            _ => new IOException(message, error),
        };
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, int mode);

    [DllImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static extern int Lock(SafeFileHandle file, int operation);

    [DllImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    private static extern nint Write(SafeFileHandle file, ref byte bytes, nint count, long position);

    [DllImport("libc", EntryPoint = "fallocate")]
    private static extern int Reserve(SafeFileHandle file, int mode, long position, long count);

    [DllImport("libc", EntryPoint = "rename", SetLastError = true)]
    private static extern int RenameTo([MarshalAs(UnmanagedType.LPUTF8Str)] string from, [MarshalAs(UnmanagedType.LPUTF8Str)] string to);
}
