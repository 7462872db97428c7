using Microsoft.Win32.SafeHandles;

namespace HttpCaching.Control.Guard;

/// <summary>
/// One file of pending removals. Only its process has it open, and the system's lock on it ends with that process. Lines are only ever appended, so that a process that
/// is killed leaves at most a last line without its end.
/// </summary>
internal sealed class PendingRemovalFile : IDisposable
{
    public const string Extension = ".removals";

    /// <summary>No file is longer.</summary>
    public const int MostBytes = 1024 * 1024;

    private readonly FileStream _stream;
    private readonly SafeFileHandle _file;
    private readonly string _path;
    private long _length;

    private PendingRemovalFile(FileStream stream, string path)
    {
        _stream = stream;
        _file = stream.SafeFileHandle;
        _path = path;
    }

    /// <summary>Whether its name still leads to it: a process that clears directories up may have deleted it.</summary>
    public bool HasName => File.Exists(_path);

    /// <summary>Makes a file of a name that is in use nowhere.</summary>
    /// <param name="directory">Where it lies.</param>
    /// <param name="prefix">How its name begins.</param>
    public static PendingRemovalFile Create(string directory, string prefix)
    {
        while (true)
        {
            var path = Path.Join(directory, prefix + Guid.NewGuid().ToString("N") + Extension);
            var stream = Open(path, FileMode.CreateNew);
            if (stream is not null && File.Exists(path))
            {
                return new PendingRemovalFile(stream, path);
            }

            // Another process has taken it for a dead one's before it was locked.
            stream?.Dispose();
        }
    }

    /// <summary>Opens the file of a process that has ended; null if that process lives, or the file is gone.</summary>
    public static PendingRemovalFile? TryTakeOver(string path) =>
        Open(path, FileMode.Open) is { } stream ? new PendingRemovalFile(stream, path) { _length = stream.Length } : null;

    /// <summary>Whether the lock keeps others out: on some network file systems it does not.</summary>
    public bool IsLocked()
    {
        using var second = Open(_path, FileMode.Open);
        return second is null;
    }

    /// <summary>Appends lines; false if there is no room left for them.</summary>
    public bool TryAppend(ReadOnlySpan<byte> lines)
    {
        if (_length + lines.Length > MostBytes)
        {
            return false;
        }

        // If this fails half done, the next line is written over the rest.
        RandomAccess.Write(_file, lines, _length);
        _length += lines.Length;
        return true;
    }

    /// <summary>Takes all lines away.</summary>
    public void Empty()
    {
        RandomAccess.SetLength(_file, 0);
        _length = 0;
    }

    /// <summary>The removals that are written in it, but for damaged lines.</summary>
    public List<PendingRemovalLine> Read()
    {
        var bytes = new byte[Math.Min(_length, MostBytes)];
        ReadOnlySpan<byte> rest = bytes.AsSpan(0, RandomAccess.Read(_file, bytes, 0));
        var removals = new List<PendingRemovalLine>();
        while (rest.IndexOf((byte)'\n') is var end and >= 0)
        {
            if (PendingRemovalLine.TryParse(rest[..end], out var removal))
            {
                removals.Add(removal);
            }

            rest = rest[(end + 1)..];
        }

        return removals;
    }

    /// <summary>Deletes the file. On Unix while it is locked, so that no other process takes it; Windows deletes no open file.</summary>
    public void Delete()
    {
        if (OperatingSystem.IsWindows())
        {
            _stream.Dispose();
        }

        File.Delete(_path);
        _stream.Dispose();
    }

    /// <summary>Closes the file, which another process may take over from then on.</summary>
    public void Dispose() => _stream.Dispose();

    /// <summary>Opens a file and locks it; null if another has the lock, or there is no such file.</summary>
    private static FileStream? Open(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows() && mode == FileMode.CreateNew)
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            return new FileStream(path, options);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (IOException exception) when (FileLocks.IsTaken(exception))
        {
            return null;
        }
    }
}
