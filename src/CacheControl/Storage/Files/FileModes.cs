using Microsoft.Win32.SafeHandles;

namespace HttpCaching.Storage.Files;

/// <summary>Files and directories that no other user can read. On Windows they inherit the rights of their parent: a user's profile is private.</summary>
internal static class FileModes
{
    public const UnixFileMode Directory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    public const UnixFileMode File = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const FileShare ShareAll = FileShare.ReadWrite | FileShare.Delete;

    public static void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            System.IO.Directory.CreateDirectory(path);
        }
        else
        {
            System.IO.Directory.CreateDirectory(path, Directory);
        }
    }

    public static SafeFileHandle CreateFile(string path, FileShare share = ShareAll, long preallocate = 0)
    {
        var handle = System.IO.File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, share, preallocationSize: preallocate);
        return Restrict(handle);
    }

    /// <summary>Makes a file for a record, under a name that no other process knows. It needs no lock: its directory is swept under the lock of the shard.</summary>
    /// <param name="path">The path.</param>
    /// <param name="preallocate">The bytes of disk to reserve.</param>
    public static SafeFileHandle CreateRecord(string path, long preallocate)
    {
        if (!LinuxCalls.AreKnown || LinuxChanges.TryCreate(path) is not { } file)
        {
            return CreateFile(path, preallocate: preallocate);
        }

        if (preallocate > 0)
        {
            LinuxChanges.TryReserve(file, preallocate);
        }

        return file;
    }

    /// <summary>Opens a file for reading; null if there is none.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="status">What the system tells of it in passing.</param>
    /// <param name="isForeign">Whether the path leads to something other than a regular file.</param>
    public static SafeFileHandle? TryOpenToRead(string path, out FileStatus status, out bool isForeign)
    {
        isForeign = false;
        status = default;
        if (LinuxCalls.AreKnown)
        {
            if (LinuxCalls.TryOpenToRead(path, out status, out var isMissing, out isForeign) is { } opened)
            {
                return opened;
            }

            if (isMissing || isForeign)
            {
                return null;
            }
        }
        else if (!System.IO.File.Exists(path))
        {
            // An exception for each miss would cost more than the question.
            return null;
        }

        try
        {
            return OpenToRead(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static SafeFileHandle OpenToRead(string path) => System.IO.File.OpenHandle(path, FileMode.Open, FileAccess.Read, ShareAll);

    public static SafeFileHandle OpenToChange(string path) => System.IO.File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, ShareAll);

    /// <summary>Takes the lock of a file, which is made if it is missing. Throws if another process has the lock.</summary>
    public static SafeFileHandle OpenLocked(string path)
    {
        var handle = System.IO.File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        if (!IsRegular(handle))
        {
            handle.Dispose();
            throw new IOException($"'{path}' is not a regular file: delete it.");
        }

        return RandomAccess.GetLength(handle) == 0 ? Restrict(handle) : handle;
    }

    /// <summary>Reads from an open file.</summary>
    public static int Read(SafeFileHandle file, Span<byte> bytes, long position) =>
        LinuxCalls.AreKnown ? LinuxCalls.Read(file, bytes, position) : RandomAccess.Read(file, bytes, position);

    /// <summary>Writes to an open file.</summary>
    public static void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long position, string path)
    {
        if (LinuxCalls.AreKnown)
        {
            LinuxChanges.Write(file, bytes, position, path);
        }
        else
        {
            RandomAccess.Write(file, bytes, position);
        }
    }

    /// <summary>Moves a file to the place of another one, if there is one.</summary>
    public static void Replace(string from, string to)
    {
        if (LinuxCalls.AreKnown)
        {
            LinuxChanges.Rename(from, to);
        }
        else
        {
            System.IO.File.Move(from, to, overwrite: true);
        }
    }

    /// <summary>Whether an open file is a regular one; true if the system can't tell.</summary>
    public static bool IsRegular(SafeFileHandle file) => !LinuxCalls.AreKnown || LinuxCalls.IsRegular(file);

    /// <summary>Waits until the names in a directory are on the disk, if the system offers that.</summary>
    public static void FlushDirectory(string path)
    {
        if (LinuxCalls.AreKnown)
        {
            LinuxCalls.FlushDirectory(path);
        }
    }

    /// <summary>Deletes a file. Returns false if that fails. A missing file counts as deleted.</summary>
    public static bool TryDelete(string path)
    {
        try
        {
            System.IO.File.Delete(path);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception is DirectoryNotFoundException;
        }
    }

    /// <summary>Deletes an empty directory.</summary>
    public static void DeleteIfEmpty(string path)
    {
        try
        {
            System.IO.Directory.Delete(path);
        }
        catch (IOException)
        {
            // The directory is not empty.
        }
    }

    private static SafeFileHandle Restrict(SafeFileHandle handle)
    {
        // The directory above is closed to other users already, so no other user can be quicker than this call.
        if (!OperatingSystem.IsWindows())
        {
            System.IO.File.SetUnixFileMode(handle, File);
        }

        return handle;
    }
}
