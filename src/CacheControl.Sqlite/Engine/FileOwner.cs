using System.Runtime.InteropServices;

namespace HttpCaching.Sqlite.Engine;

/// <summary>Tells the owner and the identity of a file.</summary>
internal static class FileOwner
{
    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const uint WantsOwnerAndNumber = 0x8 | 0x100;
    private const int StatusBytes = 256;
    private const int OwnerPosition = 20;
    private const int NumberPosition = 32;
    private const int MayWrite = 2;
    private const UnixFileMode WrittenByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    // statx has one layout on all processors, unlike stat; old C libraries lack it.
    private static readonly bool HasStatus = OperatingSystem.IsLinux()
        && NativeLibrary.TryLoad("libc", typeof(FileOwner).Assembly, null, out var library)
        && NativeLibrary.TryGetExport(library, "statx", out _);

    /// <summary>Refuses a path that is a link: another user may have chosen its target.</summary>
    public static void RefuseLink(string path, string what)
    {
        if (new FileInfo(path).LinkTarget is { } target)
        {
            throw new RefusedPathException($"The {what} '{path}' is a link to '{target}': give the {nameof(SqliteHttpCacheStore)} the path itself.");
        }
    }

    /// <summary>Refuses a file of another user. Does nothing on other systems than Linux.</summary>
    public static void RefuseStrangers(string path, string what)
    {
        if (Status(path) is { } status && MemoryMarshal.Read<uint>(status.AsSpan(OwnerPosition)) is var owner && owner != GetEffectiveUser())
        {
            throw new RefusedPathException($"The {what} '{path}' belongs to another user ({owner}): give the {nameof(SqliteHttpCacheStore)} one that belongs to the user of this process.");
        }
    }

    /// <summary>Refuses a directory in which others could put a file in the place of one of the store's, or beside it, such as a journal that SQLite would play back.</summary>
    public static void RefuseOpenDirectory(string path)
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(path) || (File.GetUnixFileMode(path) is var mode && (mode & WrittenByOthers) == 0))
        {
            return;
        }

        throw new RefusedPathException(
            $"Other users can write to the directory of the cache file '{path}' (mode {Convert.ToString((int)mode, 8)}) and could plant responses there: "
            + $"give the {nameof(SqliteHttpCacheStore)} a file in a directory of its own, which it makes if it is missing, or take their right away with 'chmod go-w'.");
    }

    /// <summary>Whether the process has the right to write a file, and its file system allows it.</summary>
    public static bool IsWritable(string path) => OperatingSystem.IsLinux() ? Access(path, MayWrite) == 0 : !new FileInfo(path).IsReadOnly;

    /// <summary>The number of a file in its file system; null if the system can't tell, 0 if there is no file.</summary>
    /// <param name="path">The path in UTF-8, with a zero at its end.</param>
    public static unsafe ulong? IdentityOf(ReadOnlySpan<byte> path)
    {
        if (!HasStatus)
        {
            return null;
        }

        var status = stackalloc byte[StatusBytes];
        fixed (byte* name = path)
        {
            return GetStatus(CurrentDirectory, name, NoFollow, WantsOwnerAndNumber, status) == 0 ? *(ulong*)(status + NumberPosition) : 0;
        }
    }

    private static byte[]? Status(string path)
    {
        if (!HasStatus)
        {
            return null;
        }

        var status = new byte[StatusBytes];
        return GetStatus(CurrentDirectory, path, NoFollow, WantsOwnerAndNumber, status) == 0 ? status : null;
    }

    [DllImport("libc", EntryPoint = "statx")]
    private static extern int GetStatus(int directory, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] status);

    [DllImport("libc", EntryPoint = "statx")]
    private static extern unsafe int GetStatus(int directory, byte* path, int flags, uint mask, byte* status);

    [DllImport("libc", EntryPoint = "access")]
    private static extern int Access([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int mode);

    [DllImport("libc", EntryPoint = "geteuid")]
    private static extern uint GetEffectiveUser();
}
