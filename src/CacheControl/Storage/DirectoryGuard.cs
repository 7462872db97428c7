using System.Runtime.InteropServices;

namespace HttpCaching.Storage;

/// <summary>Refuses directories in which other users could plant files.</summary>
internal static class DirectoryGuard
{
    private const UnixFileMode WrittenByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const uint WantsOwner = 0x8;
    private const int StatusBytes = 256;
    private const int OwnerPosition = 20;

    /// <summary>Checks an existing directory.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="user">The store or the option with this directory, for the message.</param>
    /// <exception cref="IOException">The directory is a link, another user's, or others can write to it.</exception>
    public static void Check(string path, string user)
    {
        var directory = new DirectoryInfo(path);
        if (directory.LinkTarget is { } target)
        {
            throw new RefusedPathException($"The cache directory '{path}' is a link to '{target}': give the {user} the directory itself.");
        }

        if (OwnerOf(path) is { } owner && owner != EffectiveUser())
        {
            throw new RefusedPathException($"The cache directory '{path}' belongs to another user ({owner}): give the {user} a directory that belongs to the user of this process.");
        }

        if (!OperatingSystem.IsWindows() && directory.Exists && (directory.UnixFileMode & WrittenByOthers) != 0)
        {
            throw new RefusedPathException(
                $"Other users can write to the cache directory '{path}' (mode {Convert.ToString((int)directory.UnixFileMode, 8)}) and could plant responses there: "
                + $"give the {user} a directory of its own, or remove their right with 'chmod go-w'.");
        }
    }

    /// <summary>The owner's number, or null if the system can't tell.</summary>
    private static uint? OwnerOf(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            // statx has one layout on all processors, unlike stat.
            var status = new byte[StatusBytes];
            return GetStatus(CurrentDirectory, path, NoFollow, WantsOwner, status) == 0 ? MemoryMarshal.Read<uint>(status.AsSpan(OwnerPosition)) : null;
        }
        catch (Exception exception) when (exception is EntryPointNotFoundException or DllNotFoundException)
        {
            return null;
        }
    }

    private static uint EffectiveUser() => GetEffectiveUser();

    [DllImport("libc", EntryPoint = "statx")]
    private static extern int GetStatus(int directory, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] status);

    [DllImport("libc", EntryPoint = "geteuid")]
    private static extern uint GetEffectiveUser();
}
