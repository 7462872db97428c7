using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace HttpCaching.Benchmarks.Quick;

/// <summary>A Cluster of so many primaries on this machine, and what its servers have counted.</summary>
internal sealed class ScaleCluster : IAsyncDisposable
{
    private const int Slots = 16384;

    private readonly List<Process> _processes = [];
    private readonly List<int> _ports = [];
    private readonly string _directory = Directory.CreateTempSubdirectory("cachecontrol-scale-").FullName;

    private ScaleCluster()
    {
    }

    public string Configuration => string.Join(',', _ports.Select(p => $"127.0.0.1:{p}")) + ",allowAdmin=true,connectTimeout=20000,asyncTimeout=20000,syncTimeout=20000";

    public static async Task<ScaleCluster> StartAsync(int primaries)
    {
        var cluster = new ScaleCluster();
        try
        {
            await cluster.FormAsync(primaries);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>A number that each server tells of itself.</summary>
    public static async Task<double[]> InfoAsync(IConnectionMultiplexer connection, string section, params string[] names)
    {
        List<double> values = [];
        foreach (var server in connection.GetServers())
        {
            var lines = (await server.InfoRawAsync(section))!.Split('\n', StringSplitOptions.TrimEntries);
            values.Add(names.Sum(n => double.Parse(lines.Single(l => l.StartsWith(n + ":", StringComparison.Ordinal))[(n.Length + 1)..], CultureInfo.InvariantCulture)));
        }

        return [.. values];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private async Task FormAsync(int primaries)
    {
        List<int> buses = [];
        for (var i = 0; i < primaries; i++)
        {
            var (port, bus) = (FreePort(), FreePort());
            _ports.Add(port);
            buses.Add(bus);
            var process = Process.Start(new ProcessStartInfo(
                "redis-server",
                $"--port {port} --bind 127.0.0.1 --save \"\" --appendonly no --dir {_directory} --cluster-enabled yes --cluster-config-file nodes-{port}.conf --cluster-port {bus} --cluster-announce-ip 127.0.0.1")
            {
                RedirectStandardOutput = true,
            })!;
            process.OutputDataReceived += static (_, _) => { };
            process.BeginOutputReadLine();
            _processes.Add(process);
            await AnswersAsync(port);
        }

        for (var i = 0; i < primaries; i++)
        {
            await using var connection = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{_ports[i]},allowAdmin=true");
            var server = connection.GetServers()[0];
            await server.ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", Slots * i / primaries, (Slots * (i + 1) / primaries) - 1);
            if (i > 0)
            {
                await server.ExecuteAsync("CLUSTER", "MEET", "127.0.0.1", _ports[0], buses[0]);
            }
        }

        await FormedAsync();
    }

    private async Task FormedAsync()
    {
        foreach (var port in _ports)
        {
            await using var connection = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{port},allowAdmin=true");
            var server = connection.GetServers()[0];
            for (var tries = 0; tries < 400; tries++)
            {
                var info = (string)(await server.ExecuteAsync("CLUSTER", "INFO"))!;
                if (info.Contains("cluster_state:ok", StringComparison.Ordinal) && info.Contains($"cluster_known_nodes:{_ports.Count}", StringComparison.Ordinal))
                {
                    break;
                }

                await Task.Delay(50);
            }
        }
    }

    private static async Task AnswersAsync(int port)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException) when (tries < 400)
            {
                await Task.Delay(25);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
