using System.Runtime.InteropServices;

namespace HttpCaching.Tests.Storage.Files;

/// <summary>What .NET can't do with files, by calls of the system: a small machine has no programs for it.</summary>
internal static class UnixFiles
{
    private const int OwnerReadsAndWrites = 0b110_000_000;

    /// <summary>Gives a file or a directory to a user.</summary>
    /// <returns>False if this process may not.</returns>
    public static bool TryGive(string path, int user) => ChangeOwner(path, user, -1) == 0;

    /// <summary>Makes a named pipe.</summary>
    public static void MakePipe(string path) => MakeFifo(path, OwnerReadsAndWrites).Should().Be(0);

    [DllImport("libc", EntryPoint = "chown")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ChangeOwner([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int user, int group);

    [DllImport("libc", EntryPoint = "mkfifo")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MakeFifo([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int mode);
}
