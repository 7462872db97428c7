using System.Diagnostics;
using System.Globalization;
using HttpCaching.Benchmarks.Cases;

namespace HttpCaching.Benchmarks.Quick;

/// <summary>F3u and what storing costs while a body passes: 64 MiB over the loopback interface, as fast as it goes, read into 64 KiB.</summary>
internal static class TeeReport
{
    // Until the code is compiled for good, and the stores are full.
    private const int WarmUps = 8;

    /// <summary>What was measured of one way to read: medians of ratios to reading without a cache, the processor time, and the bytes allocated for one body.</summary>
    internal sealed record Result(string Name, string Target, double WallRatio, double ProcessorRatio, double Milliseconds, double Bytes);

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
        var byHand = new HandWrittenFile(Path.GetDirectoryName(subject.Directory)!);
        (string Name, string Target, HttpMessageInvoker Invoker, HandWrittenFile? File)[] ways =
        [
            ("no cache", "-", direct, null),
            ("too large to store", "<= 1.10", passing, null),
            ("stored in memory", "<= 1.10", storing, null),
            ("stored in files", "<= 1.40", filing, null),
            ("written to a file by hand", "-", direct, byHand),
        ];

        var samples = new Sample[ways.Length, rounds];
        for (var round = -WarmUps; round < rounds; round++)
        {
            for (var i = 0; i < ways.Length; i++)
            {
                // The order turns from round to round, so that none always follows the same other one.
                var way = (i + round + WarmUps) % ways.Length;
                var sample = Read(ways[way].Invoker, ways[way].File, $"http://127.0.0.1:{port}/{round}");
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
            QuickResult.MedianOver(rounds, i => samples[way, i].Processor),
            QuickResult.MedianOver(rounds, i => samples[way, i].Bytes)))];
    }

    private static Sample Read(HttpMessageInvoker invoker, HandWrittenFile? file, string url)
    {
        var buffer = new byte[64 * 1024];
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var processor = Environment.CpuUsage.TotalTime;
        var start = Stopwatch.GetTimestamp();
        var read = ReadAsync(invoker, file, url, buffer).GetAwaiter().GetResult();
        return read != BodyServer.Bytes
            ? throw new InvalidOperationException($"{read} bytes came.")
            : new Sample(
                Stopwatch.GetElapsedTime(start).TotalMilliseconds,
                (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds,
                GC.GetTotalAllocatedBytes(precise: true) - bytes);
    }

    private static async Task<long> ReadAsync(HttpMessageInvoker invoker, HandWrittenFile? file, string url, byte[] buffer)
    {
        file?.Begin();
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        using var response = await invoker.SendAsync(request, CancellationToken.None);
        await using var stream = await response.Content.ReadAsStreamAsync();
        var total = 0L;
        for (int count; (count = await stream.ReadAsync(buffer)) > 0;)
        {
            total += count;
            file?.Append(buffer.AsSpan(0, count));
        }

        file?.End();
        return total;
    }

    // Started as "dotnet X.dll" the process is the runtime's host, which has to be told what to run.
    private static string[] OwnAssembly() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(TeeReport).Assembly.Location] : [];

    private readonly record struct Sample(double Wall, double Processor, double Bytes);
}
