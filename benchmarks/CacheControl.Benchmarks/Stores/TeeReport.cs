using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CacheControl.Benchmarks.Cases;
using CacheControl.Benchmarks.Quick;
using CacheControl.Storage;
using static CacheControl.Benchmarks.Stores.StoresReport;

namespace CacheControl.Benchmarks.Stores;

/// <summary>
/// A body of 64 MiB from another process, read in pieces of 64 KiB: processor time of this process with and without a store that takes it in. The source
/// sends as fast as it can.
/// </summary>
internal static class TeeReport
{
    /// <summary>The argument by which this program starts itself as the source.</summary>
    public const string SourceArgument = "--stores-source";

    private const int Bytes = 64 * 1024 * 1024;

    public static void Print(TextWriter output, int rounds)
    {
        using var source = ProcessesReport.Start(SourceArgument);
        try
        {
            var origin = new Uri(source.StandardOutput.ReadLine()!);
            using var subject = new FileStoreSubject();
            using var disk = new FileHttpCacheStore(subject.Directory, new FileHttpCacheStoreOptions { MaximumBytes = 1L << 30, MaximumEntryBytes = 2L * Bytes });
            using var memory = new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { MaximumBytes = 4L * Bytes, MaximumEntryBytes = 2L * Bytes });
            using var none = new HttpClient(new SocketsHttpHandler());
            using var diskCache = new HttpCache(disk);
            using var memoryCache = new HttpCache(memory);
            using var toDisk = new HttpClient(new CachingHandler(diskCache) { InnerHandler = new SocketsHttpHandler() });
            using var toMemory = new HttpClient(new CachingHandler(memoryCache) { InnerHandler = new SocketsHttpHandler() });
            (string Name, string Target, HttpClient Client)[] cases =
            [
                ("F3u: 64 MiB, no store", "-", none),
                ("64 MiB into memory", "<= 1.10 CPU, 64 KiB", toMemory),
                ("64 MiB onto disk", "<= 1.40 CPU", toDisk),
            ];
            Measure(output, rounds, origin, cases);
        }
        finally
        {
            source.Kill();
        }
    }

    /// <summary>The source: answers every request with 64 MiB that may be stored, until it is killed.</summary>
    public static async Task ServeAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Console.WriteLine($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        while (true)
        {
            _ = AnswerAsync(await listener.AcceptSocketAsync().ConfigureAwait(false));
        }
    }

    private static void Measure(TextWriter output, int rounds, Uri origin, (string Name, string Target, HttpClient Client)[] cases)
    {
        var times = cases.Select(_ => new double[rounds]).ToArray();
        var bytes = cases.Select(_ => double.MaxValue).ToArray();
        var number = 0;
        for (var round = -2; round < rounds; round++)
        {
            for (var i = 0; i < cases.Length; i++)
            {
                var allocated = GC.GetTotalAllocatedBytes(precise: true);
                var start = Environment.CpuUsage.TotalTime;
                DrainAsync(cases[i].Client, new Uri(origin, $"{++number}")).GetAwaiter().GetResult();
                if (round >= 0)
                {
                    times[i][round] = (Environment.CpuUsage.TotalTime - start).TotalNanoseconds;
                    bytes[i] = Math.Min(bytes[i], GC.GetTotalAllocatedBytes(precise: true) - allocated);
                }
            }
        }

        for (var i = 0; i < cases.Length; i++)
        {
            var ratio = QuickResult.MedianOver(rounds, round => times[i][round] / times[0][round]);
            var floor = QuickResult.MedianOver(rounds, round => times[0][round]);
            Row(output, cases[i].Name, cases[i].Target, Text(ratio), Text(bytes[i] - bytes[0], 0), Text(floor, 0), Text(bytes[0], 0));
        }
    }

    private static async Task DrainAsync(HttpClient client, Uri address)
    {
        using var response = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead).ConfigureAwait(false);
        using var stream = await response.Content.ReadAsStreamAsync().ConfigureAwait(false);
        var buffer = new byte[64 * 1024];
        var total = 0L;
        for (int count; (count = await stream.ReadAsync(buffer).ConfigureAwait(false)) > 0;)
        {
            total += count;
        }

        if (total != Bytes)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{total} bytes came."));
        }
    }

    private static async Task AnswerAsync(Socket socket)
    {
        using var connection = socket;
        var head = "HTTP/1.1 200 OK\r\nContent-Length: 67108864\r\nCache-Control: max-age=3600\r\nETag: \"1\"\r\n\r\n"u8.ToArray();
        var chunk = new byte[256 * 1024];
        var request = new byte[8192];

        // One request at a time, each small enough to come in one piece.
        while (await connection.ReceiveAsync(request).ConfigureAwait(false) > 0)
        {
            await connection.SendAsync(head).ConfigureAwait(false);
            for (var sent = 0; sent < Bytes; sent += chunk.Length)
            {
                for (var part = chunk.AsMemory(); !part.IsEmpty;)
                {
                    part = part[await connection.SendAsync(part).ConfigureAwait(false)..];
                }
            }
        }
    }
}
