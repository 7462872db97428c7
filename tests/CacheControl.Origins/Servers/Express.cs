using System.Diagnostics;

namespace HttpCaching.Origins.Servers;

/// <summary>Node's express with its compression.</summary>
internal static class Express
{
    private const string Version = "5.3.0";
    private const string CompressionVersion = "1.8.2";

    public static IReadOnlyList<ServerPlan> Plans { get; } =
    [
        new("express, compression and static", ["node", "npm"], async folder =>
        {
            var port = ServerFolder.FreePort();
            var packages = await InstallAsync();
            return [new Launch(port, [Tooling.Find("node"), Path.Combine(AppContext.BaseDirectory, "Servers", "express.mjs"), packages, folder.Site, $"{port}"])];
        }),
    ];

    private static async Task<string> InstallAsync()
    {
        var home = Path.Combine(Tooling.Artifacts, $"express-{Version}-{CompressionVersion}");
        if (Directory.Exists(home))
        {
            return home;
        }

        // Made elsewhere and then moved: a run that is stopped half-way leaves nothing that looks installed.
        var staging = Path.Combine(Tooling.Artifacts, $"install-{Guid.NewGuid():N}");
        Directory.CreateDirectory(staging);
        try
        {
            // Without a manifest here npm would look for one in the folders above.
            await File.WriteAllTextAsync(Path.Combine(staging, "package.json"), """{ "private": true }""");
            await NpmAsync(staging, "install", $"express@{Version}", $"compression@{CompressionVersion}", "--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund");
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

        return home;
    }

    private static async Task NpmAsync(string folder, params string[] arguments)
    {
        using var npm = Process.Start(new ProcessStartInfo(Tooling.Find("npm"), arguments) { WorkingDirectory = folder, RedirectStandardError = true })
            ?? throw new InvalidOperationException("npm did not start.");
        var errors = npm.StandardError.ReadToEndAsync();
        await npm.WaitForExitAsync();
        if (npm.ExitCode != 0)
        {
            throw new IOException($"npm ended with {npm.ExitCode}: {await errors}");
        }
    }
}
