using System.Runtime.InteropServices;

namespace CacheControl.Storage.Engine;

/// <summary>Whose a file is, and which.</summary>
internal static class FileOwner
{
    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const uint WantsOwnerAndNumber = 0x8 | 0x100;
    private const int StatusBytes = 256;
    private const int OwnerPosition = 20;
    private const int NumberPosition = 32;
    private const int MayWrite = 2;

    /// <summary>Refuses a path that is a link: it would lead to where somebody else wants it.</summary>
    public static void RefuseLink(string path, string what)
    {
        if (new FileInfo(path).LinkTarget is { } target)
        {
            throw new RefusedPathException($"The {what} '{path}' is a link to '{target}': give the {nameof(SqliteHttpCacheStore)} the path itself.");
        }
    }

    /// <summary>Refuses what another user has made. Not told on other systems than Linux.</summary>
    public static void RefuseStrangers(string path, string what)
    {
        if (Status(path) is { } status && MemoryMarshal.Read<uint>(status.AsSpan(OwnerPosition)) is var owner && owner != GetEffectiveUser())
        {
            throw new RefusedPathException($"The {what} '{path}' belongs to another user ({owner}): give the {nameof(SqliteHttpCacheStore)} one that belongs to the user of this process.");
        }
    }

    /// <summary>The number of a file in its file system, or null where it can't be told.</summary>
    public static ulong? IdentityOf(string path) => Status(path) is { } status ? MemoryMarshal.Read<ulong>(status.AsSpan(NumberPosition)) : null;

    /// <summary>Whether the process has the right to write a file, and its file system allows it.</summary>
    public static bool IsWritable(string path) => OperatingSystem.IsLinux() ? Access(path, MayWrite) == 0 : !new FileInfo(path).IsReadOnly;

    private static byte[]? Status(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            // statx has one layout on all processors, unlike stat.
            var status = new byte[StatusBytes];
            return GetStatus(CurrentDirectory, path, NoFollow, WantsOwnerAndNumber, status) == 0 ? status : null;
        }
        catch (Exception exception) when (exception is EntryPointNotFoundException or DllNotFoundException)
        {
            return null;
        }
    }

    [DllImport("libc", EntryPoint = "statx")]
    private static extern int GetStatus(int directory, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] status);

    [DllImport("libc", EntryPoint = "access")]
    private static extern int Access([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int mode);

    [DllImport("libc", EntryPoint = "geteuid")]
    private static extern uint GetEffectiveUser();
}
