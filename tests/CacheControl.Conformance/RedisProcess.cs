using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace HttpCaching.Conformance;

/// <summary>A redis-server of the test's own, which keeps nothing on disk.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly int port;

    private RedisProcess(Process process, int port) => (this.process, this.port) = (process, port);

    /// <summary>What clients connect with.</summary>
    public string Configuration => $"127.0.0.1:{port}";

    public static async Task<RedisProcess> StartAsync()
    {
        var port = FreePort();
        var start = new ProcessStartInfo(Tooling.RedisServer ?? throw new InvalidOperationException("redis-server was not found on the PATH."))
        {
            ArgumentList = { "--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no" },
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException("redis-server did not start.");
        var redis = new RedisProcess(process, port);
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            while (await process.StandardOutput.ReadLineAsync(bound.Token) is { } line)
            {
                if (line.Contains("Ready to accept connections", StringComparison.Ordinal))
                {
                    // Read on, so that it never waits for room in the pipe.
                    _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                    return redis;
                }
            }

            throw new InvalidOperationException("redis-server ended before it was ready.");
        }
        catch
        {
            await redis.DisposeAsync();
            throw;
        }
    }

    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await KillAsync();
        }

        process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
