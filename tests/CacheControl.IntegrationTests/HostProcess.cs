using System.Diagnostics;
using System.Reflection;

namespace HttpCaching.IntegrationTests;

/// <summary>A process of the stress host, or of another program beside the tests.</summary>
internal sealed class HostProcess : IDisposable
{
    private readonly Process _process;

    private HostProcess(Process process) => _process = process;

    public static HostProcess Start(params string[] arguments) => Start(new Dictionary<string, string>(), arguments);

    /// <summary>Starts it with variables of its own.</summary>
    public static HostProcess Start(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        StartAssembly(typeof(StressHost.Marker).Assembly, environment, arguments);

    /// <summary>Starts a program by its assembly.</summary>
    public static HostProcess StartAssembly(Assembly program, params string[] arguments) =>
        StartAssembly(program, new Dictionary<string, string>(), arguments);

    /// <summary>Its number.</summary>
    public int Id => _process.Id;

    private static HostProcess StartAssembly(Assembly program, IReadOnlyDictionary<string, string> environment, string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(program.Location);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // Many short-lived processes on few cores: start quickly.
        start.Environment["DOTNET_TieredCompilation"] = "1";
        start.Environment["DOTNET_TC_QuickJitForLoops"] = "1";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new HostProcess(Process.Start(start)!);
    }

    /// <summary>Waits for the first line that it prints.</summary>
    public Task<string?> ReadLineAsync() => _process.StandardOutput.ReadLineAsync();

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code and all it has printed.</returns>
    public async Task<(int ExitCode, string Output)> WaitAsync()
    {
        var output = _process.StandardOutput.ReadToEndAsync();
        var error = _process.StandardError.ReadToEndAsync();
        await _process.WaitForExitAsync();
        return (_process.ExitCode, await output + await error);
    }

    /// <summary>Ends it at once, wherever it is: SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
