using System.Text;

namespace HttpCaching.IntegrationTests;

/// <summary>A process with an encrypted store that is killed leaves nothing in the clear: neither below the store's directory nor in the folder for temporary files.</summary>
public sealed class EncryptedStoreProcessTests
{
    private const string Marker = "CC-PLAINTEXT-MARKER";

    [Fact]
    [Trait("Spec", "SEC-11")]
    public async Task Kill_BodiesAreShared_NothingLiesInTheClear()
    {
        var parent = Directory.CreateTempSubdirectory("cache control ");
        try
        {
            var temporary = parent.CreateSubdirectory("temporary");
            var root = Path.Join(parent.FullName, "root");
            var environment = new Dictionary<string, string> { ["TMPDIR"] = temporary.FullName, ["DOTNET_EnableDiagnostics"] = "0" };
            using var host = HostProcess.Start(environment, "spool", root, Marker);
            (await host.ReadLineAsync()).Should().Be("ready");

            var open = OperatingSystem.IsLinux() ? OpenFilesOf(host.Id, parent.FullName) : [];
            if (OperatingSystem.IsLinux())
            {
                open.Should().Contain(file => file.Path.StartsWith(temporary.FullName, StringComparison.Ordinal) && file.Path.EndsWith(" (deleted)", StringComparison.Ordinal));
            }

            open.Where(file => file.HasMarker).Should().BeEmpty();
            await host.KillAsync();

            temporary.EnumerateFiles("cachecontrol-*").Should().BeEmpty();
            parent.EnumerateFiles("*", SearchOption.AllDirectories).Where(file => HasMarker(file.FullName)).Should().BeEmpty();
        }
        finally
        {
            parent.Delete(recursive: true);
        }
    }

    /// <summary>The files that a process has open below a directory, those without a name too.</summary>
    private static List<(string Path, bool HasMarker)> OpenFilesOf(int process, string directory)
    {
        var found = new List<(string, bool)>();
        foreach (var link in Directory.EnumerateFileSystemEntries($"/proc/{process}/fd"))
        {
            if (new FileInfo(link).LinkTarget is { } target && target.StartsWith(directory, StringComparison.Ordinal))
            {
                found.Add((target, HasMarker(link)));
            }
        }

        return found;
    }

    private static bool HasMarker(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        file.CopyTo(bytes);
        return bytes.GetBuffer().AsSpan(0, (int)bytes.Length).IndexOf(Encoding.ASCII.GetBytes(Marker)) >= 0;
    }
}
