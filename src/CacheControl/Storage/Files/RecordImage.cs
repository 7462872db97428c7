using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace HttpCaching.Storage.Files;

/// <summary>The bytes of a record before they are in a file. Owns its array, which is from the shared pool.</summary>
internal sealed class RecordImage(FileId id, int length) : IDisposable
{
    // The smallest page of a file, which the system fills in one piece.
    private const int PageBytes = 4096;

    private readonly byte[] _pooled = ArrayPool<byte>.Shared.Rent(length);

    /// <summary>The id of the record.</summary>
    public FileId Id => id;

    public int Length => length;

    public Span<byte> Bytes => _pooled.AsSpan(0, length);

    /// <summary>
    /// Whether the record may be written to its place without a rename: a reader then sees an empty file or the whole record. If the process dies in between, the
    /// checksum tells.
    /// </summary>
    public bool CanBeWrittenInPlace => LinuxCalls.AreKnown && length <= PageBytes;

    /// <summary>Writes the record to its place, where there is no file yet. Returns false if there is one.</summary>
    /// <param name="path">The place.</param>
    /// <param name="use">Its last use, kept as the file's time of last change; null for the system's time.</param>
    public bool TryWriteInPlace(string path, UseStamp? use)
    {
        using var file = LinuxChanges.TryCreate(path);
        if (file is null)
        {
            return false;
        }

        FileModes.Write(file, Bytes, 0, path);
        Tell(file, use);
        return true;
    }

    /// <summary>Writes the record to a new file that is to be moved to its place. Returns true.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="use">Its last use, kept as the file's time of last change; null for the system's time.</param>
    /// <param name="replaces">Whether the file is to take the place of another.</param>
    /// <param name="flush">Whether to wait until the bytes are on the disk.</param>
    public bool WriteTo(string path, UseStamp? use, bool replaces, bool flush)
    {
        // Some file systems choose the blocks of a file late. They must do it immediately when the file replaces another, so reserving the blocks before costs less.
        using var file = FileModes.CreateRecord(path, replaces ? length : 0);
        FileModes.Write(file, Bytes, 0, path);
        Tell(file, use);
        if (flush)
        {
            RandomAccess.FlushToDisk(file);
        }

        return true;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_pooled);

    private static void Tell(SafeFileHandle file, UseStamp? use)
    {
        if (use is { } stamp)
        {
            File.SetLastWriteTimeUtc(file, stamp.ToFileTime());
        }
    }
}
