using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace HttpCaching.Benchmarks.Edge;

/// <summary>A server in processes of its own.</summary>
internal sealed class EdgeSubject : IDisposable
{
    private const int TicksPerSecond = 100;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edge-benchmark-");
    private readonly Process _process;

    private EdgeSubject(string name, int port, Func<string, ProcessStartInfo> start)
    {
        Name = name;
        Port = port;
        var info = start(_folder.FullName);
        info.RedirectStandardOutput = true;
        info.RedirectStandardError = true;
        _process = Process.Start(info)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Name { get; }

    public int Port { get; }

    /// <summary>Starts EdgeCache, and those of Varnish and nginx that are installed.</summary>
    /// <param name="origin">The port of the origin.</param>
    /// <param name="edges">The assemblies of EdgeCache, by the names to show.</param>
    public static IReadOnlyList<EdgeSubject> StartAll(int origin, IEnumerable<(string Name, string Assembly)> edges)
    {
        var all = new List<EdgeSubject>();
        foreach (var (name, assembly) in edges)
        {
            var port = FreePort();
            all.Add(new EdgeSubject(name, port, folder => new ProcessStartInfo(
                "dotnet", [assembly, "--upstream", $"http://127.0.0.1:{origin}", "--urls", $"http://127.0.0.1:{port}", "--cache", Path.Combine(folder, "cache")])));
        }

        if (Find("varnishd") is { } varnish)
        {
            var port = FreePort();
            all.Add(new EdgeSubject("Varnish", port, folder => new ProcessStartInfo(
                varnish, ["-F", "-a", $"127.0.0.1:{port}", "-b", $"127.0.0.1:{origin}", "-s", "malloc,256m", "-n", folder, "-j", "none"])));
        }

        if (Find("nginx") is { } nginx)
        {
            var port = FreePort();
            all.Add(new EdgeSubject("nginx", port, folder =>
            {
                File.WriteAllText(Path.Combine(folder, "nginx.conf"), Configuration(folder, port, origin));
                return new ProcessStartInfo(nginx, ["-c", Path.Combine(folder, "nginx.conf"), "-p", folder, "-e", Path.Combine(folder, "error.log")]);
            }));
        }

        return all;
    }

    /// <summary>Starts an application of one endpoint three times: alone, behind the output cache of ASP.NET Core, and behind UseHttpCache.</summary>
    /// <param name="assembly">The application.</param>
    public static IReadOnlyList<EdgeSubject> StartServed(string assembly) =>
        [.. new[] { ("the endpoint alone", "none"), ("UseOutputCache", "output"), ("UseHttpCache", "http") }.Select(server =>
        {
            var port = FreePort();
            return new EdgeSubject(server.Item1, port, _ => new ProcessStartInfo("dotnet", [assembly, "--urls", $"http://127.0.0.1:{port}", "--cache", server.Item2]));
        })];

    /// <summary>Waits until it accepts connections.</summary>
    public async Task ListenAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, Port, limit.Token).ConfigureAwait(false);
                return;
            }
            catch (SocketException exception)
            {
                if (_process.HasExited)
                {
                    throw new InvalidOperationException($"{Name} ended with {_process.ExitCode}.", exception);
                }

                await Task.Delay(100, limit.Token).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The processor time that its processes have used.</summary>
    public TimeSpan ProcessorTime()
    {
        var all = Directory.EnumerateDirectories("/proc").Select(ReadStat).OfType<(int Id, int Parent, long Ticks)>().ToArray();
        var own = new HashSet<int> { _process.Id };
        while (all.Any(stat => own.Contains(stat.Parent) && own.Add(stat.Id)))
        {
            // Until no process is new.
        }

        return TimeSpan.FromSeconds((double)all.Where(stat => own.Contains(stat.Id)).Sum(stat => stat.Ticks) / TicksPerSecond);
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static (int Id, int Parent, long Ticks)? ReadStat(string directory)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(directory, "stat"));
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (int.Parse(stat.AsSpan(0, stat.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture),
                int.Parse(fields[1], CultureInfo.InvariantCulture),
                long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }

    private static string Configuration(string folder, int port, int origin) => $$"""
        user {{Environment.UserName}}; daemon off; worker_processes auto; pid {{folder}}/pid;
        events { worker_connections 512; }
        http {
          access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000;
          client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/proxy; fastcgi_temp_path {{folder}}/fastcgi; uwsgi_temp_path {{folder}}/uwsgi; scgi_temp_path {{folder}}/scgi;
          proxy_cache_path {{folder}}/cache keys_zone=all:16m max_size=256m;
          server { listen 127.0.0.1:{{port}}; location / { proxy_pass http://127.0.0.1:{{origin}}; proxy_cache all; add_header X-Cache $upstream_cache_status; } }
        }
        """;

    private static string? Find(string program) =>
        new[] { "/usr/sbin", "/usr/local/sbin", "/usr/bin" }.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
