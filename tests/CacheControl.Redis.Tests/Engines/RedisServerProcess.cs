using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using StackExchange.Redis;

namespace HttpCaching.Redis.Tests.Engines;

/// <summary>A redis-server process on a loopback port, without persistence. Ends with the test, by its id.</summary>
internal sealed class RedisServerProcess : IAsyncDisposable
{
    private const int Stop = 19;
    private const int Continue = 18;

    private readonly string _program;
    private readonly string[] _arguments;
    private readonly string _directory = Directory.CreateTempSubdirectory("cachecontrol-redis-").FullName;
    private Process? _process;

    private RedisServerProcess(string program, string[] arguments)
    {
        _program = program;
        _arguments = arguments;
    }

    public int Port { get; } = Ports.Free();

    public string Address => "127.0.0.1:" + Port.ToString(CultureInfo.InvariantCulture);

    public static Task<RedisServerProcess> StartAsync(params string[] arguments) =>
        StartProgramAsync(Tooling.RedisServer ?? throw new InvalidOperationException("redis-server was not found on the PATH."), arguments);

    /// <summary>Starts a program that is like redis-server.</summary>
    public static async Task<RedisServerProcess> StartProgramAsync(string program, params string[] arguments)
    {
        var server = new RedisServerProcess(program, arguments);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts it, on the same port, with nothing in it but what it was told to save.</summary>
    /// <param name="more">Arguments for this time.</param>
    public async Task StartAgainAsync(params string[] more)
    {
        var start = new ProcessStartInfo(_program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _directory,
        };
        string[] common =
        [
            "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", string.Empty, "--appendonly", "no",
            "--dir", _directory, "--repl-diskless-sync-delay", "0",
        ];
        foreach (var argument in common.Concat(_arguments).Concat(more))
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Wait.UntilAsync(AnswersAsync, "for redis-server to answer");
    }

    /// <summary>Ends it at once: SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (_process is { HasExited: false } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    /// <summary>Has it do nothing: SIGSTOP.</summary>
    public void Pause() => Signal(Stop);

    /// <summary>Has it go on: SIGCONT.</summary>
    public void Resume() => Signal(Continue);

    /// <summary>Has it write what it holds to its directory, for its next start.</summary>
    public async Task SaveAsync()
    {
        await using var connection = await ConnectAsync();
        await connection.GetServers()[0].ExecuteAsync("SAVE");
    }

    /// <summary>Whether it is reading what it saved, and answers so.</summary>
    public async Task<bool> IsLoadingAsync() => (await PingAsync()).StartsWith("-LOADING", StringComparison.Ordinal);

    /// <summary>A connection for the test's own commands.</summary>
    public Task<ConnectionMultiplexer> ConnectAsync() =>
        ConnectionMultiplexer.ConnectAsync(Address + ",allowAdmin=true,connectTimeout=20000,syncTimeout=20000,asyncTimeout=20000");

    /// <summary>The port on which it talks to others of its Cluster.</summary>
    public int BusPort => int.Parse(_arguments[Array.IndexOf(_arguments, "--cluster-port") + 1], CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            return (await PingAsync()).Length > 0;
        }
        catch (Exception exception) when (exception is System.Net.Sockets.SocketException or IOException)
        {
            return _process!.HasExited ? throw new InvalidOperationException("redis-server has ended.") : false;
        }
    }

    private async Task<string> PingAsync()
    {
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync("127.0.0.1", Port);
        var stream = client.GetStream();
        await stream.WriteAsync("PING\r\n"u8.ToArray());
        var answer = new byte[64];
        return System.Text.Encoding.ASCII.GetString(answer, 0, await stream.ReadAsync(answer));
    }

    private void Signal(int number)
    {
        if (Kill(_process!.Id, number) != 0)
        {
            throw new InvalidOperationException("The signal was not delivered.");
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}
