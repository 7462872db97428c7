using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace HttpCaching.Conformance.Suite;

/// <summary>
/// Installs the suite once. The package names the whole of an old npm and a template engine as dependencies,
/// but runs without them; so its archive is unpacked as it is, beside the one package that it needs.
/// </summary>
internal static class SuiteInstall
{
    public const string Version = "0.4.5";
    private const string FetchVersion = "2.7.0";
    private const string Digest = "DjuwN9nUZXLTW+wav1LRESCZNVxl8SshwOy4z1pxuWbWt5/ay6sM9QQ1lebBaDO6P1IMBoK6mdf+PuVP/QNL8A==";

    /// <summary>The suite's folder, after installing it if it is not there.</summary>
    public static async Task<string> EnsureAsync()
    {
        var home = Path.Combine(Tooling.Artifacts, $"http-cache-tests-{Version}");
        var suite = Path.Combine(home, "node_modules", "http-cache-tests");
        if (Directory.Exists(home))
        {
            return suite;
        }

        // Made elsewhere and then moved: a run that is stopped half-way leaves nothing that looks installed.
        var staging = Path.Combine(Tooling.Artifacts, $"install-{Guid.NewGuid():N}");
        try
        {
            await InstallAsync(staging);
            Directory.Move(staging, home);
        }
        catch (IOException) when (Directory.Exists(home))
        {
            // Another run of the tests was first.
        }
        finally
        {
            if (Directory.Exists(staging))
            {
                Directory.Delete(staging, recursive: true);
            }
        }

        return suite;
    }

    private static async Task InstallAsync(string folder)
    {
        Directory.CreateDirectory(folder);

        // Without a manifest here npm would look for one in the folders above.
        await File.WriteAllTextAsync(Path.Combine(folder, "package.json"), """{ "private": true }""");
        await NpmAsync(folder, "install", $"node-fetch@{FetchVersion}", "--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund");
        await NpmAsync(folder, "pack", $"http-cache-tests@{Version}");

        var archive = Path.Combine(folder, $"http-cache-tests-{Version}.tgz");
        var bytes = await File.ReadAllBytesAsync(archive);
        if (Convert.ToBase64String(SHA512.HashData(bytes)) != Digest)
        {
            throw new InvalidDataException($"http-cache-tests {Version} is not the archive these tests were written for.");
        }

        await using var unzipped = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        await TarFile.ExtractToDirectoryAsync(unzipped, folder, overwriteFiles: false);
        Directory.Move(Path.Combine(folder, "package"), Path.Combine(folder, "node_modules", "http-cache-tests"));
    }

    private static Task<string> NpmAsync(string folder, params string[] arguments) =>
        ChildProcess.RunAsync(ChildProcess.Describe(Tooling.Npm!, folder, arguments), TimeSpan.FromMinutes(3));
}
