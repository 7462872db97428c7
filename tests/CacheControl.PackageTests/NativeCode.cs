using System.Diagnostics;

namespace HttpCaching.PackageTests;

/// <summary>What a program compiled ahead of time needs of the machine beside the SDK.</summary>
internal static class NativeCode
{
    /// <summary>The reason to leave a test out: a missing linker, unless the environment says that nothing may be missing.</summary>
    public static string? SkipReason =>
        new SdkFactAttribute().Skip
        ?? (Environment.GetEnvironmentVariable("CACHECONTROL_REQUIRE") == "all" ? null
        : !OperatingSystem.IsLinux() ? "The test compiles for Linux."
        : Find("clang") is null ? "clang, which links programs compiled ahead of time, was not found on the PATH; install clang and zlib1g-dev."
        : null);

    /// <summary>Starts a Redis engine without persistence, which ends with the process that the caller disposes.</summary>
    /// <param name="port">Where it listens.</param>
    /// <returns>The process, or <see langword="null"/> if there is no engine and none is required.</returns>
    public static async Task<Process?> StartRedisAsync(int port)
    {
        if (Find("redis-server") is not { } program)
        {
            return Environment.GetEnvironmentVariable("CACHECONTROL_REQUIRE") == "all"
                ? throw new InvalidOperationException("redis-server was not found on the PATH.")
                : null;
        }

        var start = new ProcessStartInfo(program, ["--port", $"{port}", "--bind", "127.0.0.1", "--save", ""]) { RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains("eady to accept connections", StringComparison.Ordinal))
            {
                return process;
            }
        }

        throw new InvalidOperationException("redis-server ended before it was ready.");
    }

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
