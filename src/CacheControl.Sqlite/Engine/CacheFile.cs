using System.Text;

namespace HttpCaching.Sqlite.Engine;

/// <summary>The file on disk and its companions. Made for this user only, refused if others could plant it, and set aside when it is damaged.</summary>
internal sealed class CacheFile
{
    public const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileModes = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string WalExtension = "-wal";
    private const string MemoryExtension = "-shm";
    private const string DamagedExtension = ".damaged";
    private const string BeginName = "begin";

    private readonly byte[] _fullPathUtf8;

    public CacheFile(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        FullPath = Path.GetFullPath(path);
        _fullPathUtf8 = [.. Encoding.UTF8.GetBytes(FullPath), 0];
        Readers = FullPath + "-readers";
        WasUsedBefore = Directory.Exists(Readers);
    }

    /// <summary>The database.</summary>
    public string FullPath { get; }

    /// <summary>The directory of the reader tables.</summary>
    public string Readers { get; }

    /// <summary>
    /// Whether a store was open on this path before, in this process or another. If not, an unreadable file there may belong to any program.
    /// </summary>
    public bool WasUsedBefore { get; private set; }

    /// <summary>Records that a store is open on this path.</summary>
    public void NoteUse() => WasUsedBefore = true;

    /// <summary>Removes the companions that were made for a file that no store may use.</summary>
    public void ForgetRefused()
    {
        if (WasUsedBefore)
        {
            return;
        }

        try
        {
            File.Delete(Path.Join(Readers, BeginName));
            Directory.Delete(Readers);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Another process uses it, and removes it itself.
        }
    }

    /// <summary>Makes the missing directories, and checks the existing paths.</summary>
    /// <exception cref="IOException">A directory, a link or another user's file is in the way, or the directory can't be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not write there.</exception>
    public void Prepare()
    {
        if (Directory.Exists(FullPath))
        {
            throw new RefusedPathException($"The cache file '{FullPath}' is a directory: give the {nameof(SqliteHttpCacheStore)} the path of a file in it.");
        }

        foreach (var path in new[] { FullPath + WalExtension, FullPath + MemoryExtension })
        {
            if (Directory.Exists(path))
            {
                throw new RefusedPathException($"'{path}' is a directory, and SQLite needs a file of that name: give the {nameof(SqliteHttpCacheStore)} another path, or delete it.");
            }
        }

        var parent = Path.GetDirectoryName(FullPath) ?? throw new RefusedPathException($"'{FullPath}' is not the path of a file: give the {nameof(SqliteHttpCacheStore)} the path of a file in a directory.");
        CreateDirectory(parent);
        FileOwner.RefuseLink(parent, "directory of the cache file");
        FileOwner.RefuseStrangers(parent, "directory of the cache file");
        FileOwner.RefuseOpenDirectory(parent);
        foreach (var path in new[] { FullPath, FullPath + WalExtension, FullPath + MemoryExtension })
        {
            FileOwner.RefuseLink(path, "cache file");
            FileOwner.RefuseStrangers(path, "cache file");
        }

        CreateDirectory(Readers);
        FileOwner.RefuseLink(Readers, "directory of the cache's readers");
        FileOwner.RefuseStrangers(Readers, "directory of the cache's readers");
    }

    /// <summary>
    /// Makes the file if it is missing. SQLite gives its other files the rights of this one. Only under the lock to begin. Never opens an existing file:
    /// closing a file releases all locks of the process on it, SQLite's too.
    /// </summary>
    public void Create()
    {
        if (!File.Exists(FullPath))
        {
            new FileStream(FullPath, Options(FileMode.CreateNew)).Dispose();
        }
    }

    /// <summary>The identity of the file that the path leads to now; null if the system can't tell, 0 if there is none.</summary>
    public ulong? Identity() => FileOwner.IdentityOf(_fullPathUtf8) ?? (File.Exists(FullPath) ? null : 0);

    /// <summary>Takes the right to set the file aside or to begin it. Waits for another process that has it.</summary>
    public FileStream LockToBegin(TimeSpan timeout)
    {
        var path = Path.Join(Readers, BeginName);
        for (var waited = TimeSpan.Zero; ; waited += TimeSpan.FromMilliseconds(5))
        {
            try
            {
                var options = Options(FileMode.OpenOrCreate);
                options.Share = FileShare.None;
                return new FileStream(path, options);
            }
            catch (IOException exception) when (exception is not (FileNotFoundException or DirectoryNotFoundException) && waited < timeout)
            {
                Thread.Sleep(5);
            }
        }
    }

    /// <summary>Renames the file, in place of one that was set aside before. The log that belongs to it is useless without it.</summary>
    public void SetAside()
    {
        if (File.Exists(FullPath))
        {
            File.Move(FullPath, FullPath + DamagedExtension, overwrite: true);
        }

        Delete();
    }

    /// <summary>Deletes the file and its companions.</summary>
    public void Delete()
    {
        File.Delete(FullPath);
        File.Delete(FullPath + WalExtension);
        File.Delete(FullPath + MemoryExtension);
    }

    private static FileStreamOptions Options(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = FileModes;
        }

        return options;
    }

    private static void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, DirectoryMode);
        }
    }
}
