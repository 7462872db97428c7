using System.Diagnostics;

namespace HttpCaching.Tests.Storage.Files;

/// <summary>A file system in memory, mounted for one test: small, so that it fills up, or turned read-only.</summary>
internal sealed class MountedDirectory : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("cache control mount ").FullName;

    public MountedDirectory(string size)
    {
        Path = System.IO.Path.Join(_parent, "disk");
        Directory.CreateDirectory(Path);
        if (Run("mount", "-t", "tmpfs", "-o", "mode=700,size=" + size, "tmpfs", Path) is var code and not 0)
        {
            Directory.Delete(_parent, recursive: true);
            throw new InvalidOperationException($"mount ended with {code}.");
        }
    }

    public string Path { get; }

    /// <summary>Whether this process may mount file systems, tried once.</summary>
    public static bool IsPossible { get; } = TryMount();

    /// <summary>Lets nothing be written any more: the same once more on top, read-only. (What files are open for writing in can't be made read-only itself.)</summary>
    public void MakeReadOnly()
    {
        Run("mount", "--bind", Path, Path).Should().Be(0);
        Run("mount", "-o", "remount,bind,ro", Path).Should().Be(0);
    }

    /// <summary>Lets it be written again. What was opened meanwhile stays open.</summary>
    public void MakeWritable() => Run("umount", "-l", Path).Should().Be(0);

    public void Dispose()
    {
        while (Run("umount", "-l", Path) == 0)
        {
            // Whatever was mounted on top first.
        }

        Directory.Delete(_parent, recursive: true);
    }

    private static bool TryMount()
    {
        try
        {
            new MountedDirectory("1m").Dispose();
            return true;
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}

/// <summary>A fact that needs to mount a file system, and is left out, with the reason, where that is not allowed and not required.</summary>
public sealed class MountFactAttribute : FactAttribute
{
    public MountFactAttribute() => Skip =
        MountedDirectory.IsPossible || Environment.GetEnvironmentVariable("CACHECONTROL_REQUIRE") == "all"
            ? null
            : "This process may not mount file systems (it takes Linux and CAP_SYS_ADMIN).";
}
