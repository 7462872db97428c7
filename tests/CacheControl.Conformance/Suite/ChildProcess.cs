using System.Diagnostics;

namespace HttpCaching.Conformance.Suite;

/// <summary>Starts programs of the suite's tool chain.</summary>
internal static class ChildProcess
{
    public static ProcessStartInfo Describe(string program, string folder, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };

        // A test run started by an npm script inherits npm's own settings under the names the suite reads.
        foreach (var name in start.Environment.Keys.Where(IsSuiteSetting).ToList())
        {
            start.Environment.Remove(name);
        }

        return start;
    }

    /// <summary>Runs to the end and returns what was written to standard output.</summary>
    public static async Task<string> RunAsync(ProcessStartInfo start, TimeSpan timeout)
    {
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
        using var deadline = new CancellationTokenSource(timeout);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{start.FileName} did not end within {timeout}.");
        }

        var written = await output;
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{start.FileName} ended with {process.ExitCode}: {await errors}{written}");
        }

        return written;
    }

    private static bool IsSuiteSetting(string name) =>
        name.StartsWith("npm_package_config_", StringComparison.OrdinalIgnoreCase)
        || name.ToLowerInvariant() is "npm_config_base" or "npm_config_id" or "npm_config_port" or "npm_config_protocol" or "npm_config_pidfile";
}
