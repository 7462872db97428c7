using System.Diagnostics;
using System.Globalization;
using CacheControl.Benchmarks.Cases;
using CacheControl.Storage;

namespace CacheControl.Benchmarks.Quick;

/// <summary>F3u and what storing costs while a body passes: 64 MiB over the loopback interface, as fast as it goes, read into 64 KiB.</summary>
internal static class TeeReport
{
    /// <summary>What was measured of one way to read: medians of ratios to reading without a cache, and the bytes allocated for one body.</summary>
    internal sealed record Result(string Name, string Target, double WallRatio, double ProcessorRatio, double Bytes);

    /// <summary>Measures.</summary>
    /// <param name="rounds">How many rounds.</param>
    public static Result[] Measure(int rounds)
    {
        using var server = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [.. OwnAssembly(), BodyServer.Argument])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var port = int.Parse(server.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
        using var direct = new HttpMessageInvoker(new SocketsHttpHandler());
        using var small = new MemoryHttpCacheStore();
        using var large = new MemoryHttpCacheStore(new() { MaximumBytes = 4L * BodyServer.Bytes, MaximumEntryBytes = 2L * BodyServer.Bytes });
        using var passing = new HttpMessageInvoker(new CachingHandler(small) { InnerHandler = new SocketsHttpHandler() });
        using var storing = new HttpMessageInvoker(new CachingHandler(large) { InnerHandler = new SocketsHttpHandler() });
        using var subject = new FileStoreSubject();
        using var disk = new FileHttpCacheStore(subject.Directory, new FileHttpCacheStoreOptions { MaximumBytes = 4L * BodyServer.Bytes, MaximumEntryBytes = 2L * BodyServer.Bytes });
        using var filing = new HttpMessageInvoker(new CachingHandler(disk) { InnerHandler = new SocketsHttpHandler() });
        (string Name, string Target, HttpMessageInvoker Invoker)[] ways =
            [("no cache", "-", direct), ("too large to store", "<= 1.10", passing), ("stored in memory", "<= 1.10", storing), ("stored in files", "<= 1.40", filing)];

        var samples = new Sample[ways.Length, rounds];
        for (var round = -2; round < rounds; round++)
        {
            for (var way = 0; way < ways.Length; way++)
            {
                var sample = Read(ways[way].Invoker, $"http://127.0.0.1:{port}/{round}");
                if (round >= 0)
                {
                    samples[way, round] = sample;
                }
            }
        }

        server.StandardInput.Close();
        server.WaitForExit();
        return [.. Enumerable.Range(0, ways.Length).Select(way => new Result(
            ways[way].Name,
            ways[way].Target,
            QuickResult.MedianOver(rounds, i => samples[way, i].Wall / samples[0, i].Wall),
            QuickResult.MedianOver(rounds, i => samples[way, i].Processor / samples[0, i].Processor),
            QuickResult.MedianOver(rounds, i => samples[way, i].Bytes)))];
    }

    private static Sample Read(HttpMessageInvoker invoker, string url)
    {
        var buffer = new byte[64 * 1024];
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var processor = Environment.CpuUsage.TotalTime;
        var start = Stopwatch.GetTimestamp();
        var read = ReadAsync(invoker, url, buffer).GetAwaiter().GetResult();
        return read != BodyServer.Bytes
            ? throw new InvalidOperationException($"{read} bytes came.")
            : new Sample(
                Stopwatch.GetElapsedTime(start).TotalMilliseconds,
                (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds,
                GC.GetTotalAllocatedBytes(precise: true) - bytes);
    }

    private static async Task<long> ReadAsync(HttpMessageInvoker invoker, string url, byte[] buffer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        using var response = await invoker.SendAsync(request, CancellationToken.None);
        await using var stream = await response.Content.ReadAsStreamAsync();
        var total = 0L;
        for (int count; (count = await stream.ReadAsync(buffer)) > 0;)
        {
            total += count;
        }

        return total;
    }

    // Started as "dotnet X.dll" the process is the runtime's host, which has to be told what to run.
    private static string[] OwnAssembly() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(TeeReport).Assembly.Location] : [];

    private readonly record struct Sample(double Wall, double Processor, double Bytes);
}
