using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Garnet;
using StackExchange.Redis;

namespace CacheControl.Redis.Tests.Nodes;

/// <summary>An engine for tests of several nodes: Garnet in this process, or a redis-server of its own. Empty, and gone with the object.</summary>
internal sealed class NodeEngine : IAsyncDisposable
{
    private readonly IDisposable? _garnet;
    private readonly Process? _server;

    private NodeEngine(int port, IDisposable? garnet, Process? server)
    {
        Port = port;
        _garnet = garnet;
        _server = server;
    }

    public int Port { get; }

    public string Configuration => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>Whether redis-server is there.</summary>
    public static bool HasRedis => PathOf("redis-server") is not null;

    /// <summary>Starts an engine; null if it is not there, and need not be.</summary>
    public static async Task<NodeEngine?> StartAsync(string kind)
    {
        var port = FreePort();
        if (kind == "garnet")
        {
            var server = new GarnetServer(["--bind", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--memory", "64m", "--page", "1m", "--index", "8m", "--lua", "--lua-transaction-mode", "-q"]);
            server.Start();
            return new NodeEngine(port, server, null);
        }

        if (PathOf("redis-server") is not { } path)
        {
            return Environment.GetEnvironmentVariable("CACHECONTROL_REQUIRE") == "all" ? throw new InvalidOperationException("redis-server is required and missing.") : null;
        }

        var process = Process.Start(new ProcessStartInfo(path, $"--bind 127.0.0.1 --port {port} --save \"\" --appendonly no --daemonize no") { RedirectStandardOutput = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var engine = new NodeEngine(port, null, process);
        using var probe = await ConnectionMultiplexer.ConnectAsync(new ConfigurationOptions { EndPoints = { { IPAddress.Loopback, port } }, ConnectRetry = 50, ConnectTimeout = 5000 });
        await probe.GetDatabase().PingAsync();
        return engine;
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        _garnet?.Dispose();
        if (_server is not null)
        {
            _server.Kill();
            await _server.WaitForExitAsync();
            _server.Dispose();
        }
    }

    private static string? PathOf(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
