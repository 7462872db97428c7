using System.Diagnostics;
using System.Runtime.InteropServices;

namespace HttpCaching.Origins.Servers;

/// <summary>
/// A server as a child process, in a process group of its own. A shell between the test and the server holds a pipe from the test:
/// when the pipe closes, because the test ended it or because the test's process died, the whole group is killed.
/// </summary>
internal sealed class ServerProcess : IDisposable
{
    /// <summary>The tool that makes the shell the leader of its group: a small system may lack it.</summary>
    public const string Leader = "setsid";

    private const string Watch = """
        exec 3<&0
        "$@" 3<&- </dev/null &
        server=$!
        echo $server
        { read -r _ <&3; kill -KILL 0; } &
        exec 3<&-
        wait $server
        kill -KILL 0
        """;

    private readonly Process _shell;
    private readonly int _server;
    private readonly StringWriter _output;

    private ServerProcess(Process shell, int server, StringWriter output) => (_shell, _server, _output) = (shell, server, output);

    public bool HasExited => _shell.HasExited;

    /// <summary>All that the server has written to its standard output and standard error.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public static async Task<ServerProcess> StartAsync(IEnumerable<string> command, string folder, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(Tooling.Find(Leader), ["sh", "-c", Watch, "sh", .. command])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var shell = Process.Start(start) ?? throw new InvalidOperationException("sh did not start.");
        var pid = int.Parse(await shell.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("sh ended before the server started."));
        var output = new StringWriter();
        _ = KeepAsync(shell.StandardOutput, output);
        _ = KeepAsync(shell.StandardError, output);
        return new ServerProcess(shell, pid, output);
    }

    /// <summary>Ends the server and all its children with SIGKILL.</summary>
    public async Task KillAsync()
    {
        // The shell leads the group.
        _ = Signal(-_shell.Id, 9);
        await _shell.WaitForExitAsync();
    }

    /// <summary>Asks the server to end with SIGTERM, as an init system does, and kills it if it has not after ten seconds.</summary>
    public async Task StopAsync()
    {
        _ = Signal(_server, 15);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await _shell.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            await KillAsync();
        }
    }

    public void Dispose()
    {
        if (!_shell.HasExited)
        {
            _ = Signal(-_shell.Id, 9);
            _shell.WaitForExit();
        }

        _shell.Dispose();
    }

    private static async Task KeepAsync(StreamReader source, StringWriter output)
    {
        while (await source.ReadLineAsync() is { } line)
        {
            lock (output)
            {
                output.WriteLine(line);
            }
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Signal(int process, int signal);
}
