using System.Globalization;
using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace HttpCaching.Sqlite.Engine;

/// <summary>The files of one open store in the directory of readers: its table, and a lock that ends with its process.</summary>
internal static class ReaderTableFiles
{
    /// <summary>The extension of each table.</summary>
    public const string TableExtension = ".table";

    private const string LockExtension = ".lock";

    /// <summary>The common part of the names of a store's files.</summary>
    public static string PathOf(string directory, long id) => Path.Join(directory, id.ToString("x16", CultureInfo.InvariantCulture));

    /// <summary>The paths of all open stores' files, without their extensions.</summary>
    public static IEnumerable<string> PathsIn(string directory) =>
        Directory.GetFiles(directory, "*" + TableExtension).Select(path => path[..^TableExtension.Length]);

    /// <summary>Whether both files are still there.</summary>
    public static bool AreThere(string path) => File.Exists(path + TableExtension) && File.Exists(path + LockExtension);

    /// <summary>Makes the lock; null if another process that looks for dead stores locked it first, and deletes it.</summary>
    public static SafeFileHandle? TryMakeLock(string path)
    {
        try
        {
            return File.OpenHandle(path + LockExtension, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path + LockExtension))
        {
            return null;
        }
    }

    /// <summary>Makes the table.</summary>
    public static MemoryMappedFile MakeTable(string path, int length)
    {
        var stream = OpenStream(path + TableExtension, FileMode.Create);
        try
        {
            // Written, not only extended: on a full disk, the first access to a page without a place on the disk ends the process.
            stream.Write(new byte[length]);
            return Map(stream, length);
        }
        catch
        {
            stream.Dispose();
            TryDelete(path + TableExtension);
            throw;
        }
    }

    /// <summary>Opens the table of a store; null if it is just being made.</summary>
    /// <exception cref="FileNotFoundException">The store was closed.</exception>
    public static MemoryMappedFile? OpenTable(string path, int length)
    {
        var stream = OpenStream(path + TableExtension, FileMode.Open);
        try
        {
            if (stream.Length >= length)
            {
                return Map(stream, length);
            }
        }
        catch
        {
            stream.Dispose();
            throw;
        }

        stream.Dispose();
        return null;
    }

    /// <summary>Whether the store is open in a living process. Deletes the files of a dead one.</summary>
    public static bool IsAlive(string path)
    {
        try
        {
            using var locked = File.OpenHandle(path + LockExtension, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            Delete(path);
            return false;
        }
        catch (FileNotFoundException)
        {
            TryDelete(path + TableExtension);
            return false;
        }
        catch (IOException exception) when (exception is not DirectoryNotFoundException)
        {
            return true;
        }
    }

    /// <summary>Deletes both files if possible.</summary>
    public static void Delete(string path)
    {
        TryDelete(path + TableExtension);
        TryDelete(path + LockExtension);
    }

    private static FileStream OpenStream(string path, FileMode mode) => new(path, new FileStreamOptions
    {
        Mode = mode,
        Access = FileAccess.ReadWrite,
        Share = FileShare.ReadWrite | FileShare.Delete,
        BufferSize = 0,
    });

    private static MemoryMappedFile Map(FileStream stream, int length) =>
        MemoryMappedFile.CreateFromFile(stream, null, length, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next process that looks for dead stores tries again.
        }
    }
}
