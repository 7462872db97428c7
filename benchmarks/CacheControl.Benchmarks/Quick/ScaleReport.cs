using System.Diagnostics;
using System.Globalization;
using HttpCaching.Benchmarks.Floors;
using HttpCaching.Redis.Keys;
using StackExchange.Redis;

namespace HttpCaching.Benchmarks.Quick;

/// <summary>
/// What hits cost an engine of 1, 2 and 3 servers and the process in front of it, how evenly they fall on the servers, what entries take there, and what it costs to
/// tell of changes. Servers and client share this machine.
/// </summary>
internal static class ScaleReport
{
    private const int Resources = 12_000;
    private const int Hits = 30_000;
    private const int Workers = 16;
    private const int Changes = 2000;
    private const int SizedEntries = 500;
    private const string Cpu = "used_cpu_sys";
    private const string UserCpu = "used_cpu_user";

    /// <summary>Measures and prints; some two minutes.</summary>
    public static async Task PrintAsync(TextWriter output)
    {
        for (var servers = 1; servers <= 3; servers++)
        {
            await using var cluster = await ScaleCluster.StartAsync(servers);
            await using var connection = await ConnectionMultiplexer.ConnectAsync(cluster.Configuration);
            output.WriteLine($"{servers} primaries");
            await HitsAsync(output, connection);
            if (servers == 3)
            {
                await ChangesAsync(output, cluster, connection);
            }

            if (servers == 1)
            {
                await SizesAsync(output, connection, 1024);
                await SizesAsync(output, connection, 64 * 1024);
            }
        }

        Evenness(output);
    }

    private static async Task HitsAsync(TextWriter output, ConnectionMultiplexer connection)
    {
        using var store = new RedisHttpCacheStore(connection);
        using var front = new MemoryHttpCacheStore();
        using var tier = new TieredHttpCacheStore(front, store);
        var urls = Enumerable.Range(0, Resources).Select(Url).ToArray();
        var origin = new Origin(1024);
        using var plain = new HttpMessageInvoker(new CachingHandler(store) { InnerHandler = origin });
        using var tiered = new HttpMessageInvoker(new CachingHandler(tier) { InnerHandler = origin });
        await SendAllAsync(plain, urls);
        var keys = new List<long>();
        foreach (var server in connection.GetServers())
        {
            keys.Add(await server.DatabaseSizeAsync());
        }

        output.WriteLine($"  keys on each server: {Shares([.. keys.Select(k => (double)k)])}");
        var draws = Draws(urls);
        await SendAllAsync(plain, draws[..5000]);
        await MeasureAsync(output, "without the first tier", connection, () => SendAllAsync(plain, draws), Hits);
        while (!tier.IsFollowing)
        {
            await Task.Delay(20);
        }

        await SendAllAsync(tiered, urls);
        await SendAllAsync(tiered, urls);
        await MeasureAsync(output, "with the first tier", connection, () => SendAllAsync(tiered, draws), Hits);
        output.WriteLine($"  requests to the origin: {origin.Requests} for {Resources} resources");
    }

    private static async Task MeasureAsync(TextWriter output, string name, ConnectionMultiplexer connection, Func<Task> work, int count)
    {
        using var process = Process.GetCurrentProcess();
        var (cpu, commands, into, outOf) = await CountersAsync(connection);
        process.Refresh();
        var (own, start) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
        await work();
        var elapsed = Stopwatch.GetElapsedTime(start);
        process.Refresh();
        var used = process.TotalProcessorTime - own;
        var after = await CountersAsync(connection);
        var engine = (after.Cpu.Sum() - cpu.Sum()) * 1e6 / count;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {name}: {count / elapsed.TotalSeconds:0}/s; processor time of one: engine {engine:0.0} us, client {used.TotalMicroseconds / count:0.0} us; "
            + $"bytes to the engine {(after.In.Sum() - into.Sum()) / count:0}, from it {(after.Out.Sum() - outOf.Sum()) / count:0}; "
            + $"commands on each server: {Shares([.. after.Commands.Zip(commands, (a, b) => a - b)])}"));
    }

    /// <summary>Processes that listen, one after the other more, and changes that are told to all of them.</summary>
    private static async Task ChangesAsync(TextWriter output, ScaleCluster cluster, ConnectionMultiplexer connection)
    {
        using var store = new RedisHttpCacheStore(connection);
        using var silent = new RedisHttpCacheStore(connection, new RedisHttpCacheStoreOptions { Prefix = "silent:", TellChanges = false });
        List<ConnectionMultiplexer> listeners = [];
        try
        {
            await MeasureAsync(output, "invalidation that is not told", connection, () => InvalidateAllAsync(silent), Changes);
            foreach (var count in new[] { 0, 10, 40 })
            {
                while (listeners.Count < count)
                {
                    listeners.Add(await ConnectionMultiplexer.ConnectAsync(cluster.Configuration));
                    await listeners[^1].GetSubscriber().SubscribeAsync(ChangeMessage.ChannelOf("cachecontrol:"), static (_, _) => { });
                }

                await MeasureAsync(output, $"invalidation, {count} listen", connection, () => InvalidateAllAsync(store), Changes);
            }
        }
        finally
        {
            listeners.ForEach(l => l.Dispose());
        }
    }

    private static async Task InvalidateAllAsync(RedisHttpCacheStore store)
    {
        for (var i = 0; i < Changes; i++)
        {
            await store.InvalidateAsync(Url(i), default);
        }
    }

    private static async Task SizesAsync(TextWriter output, ConnectionMultiplexer connection, int bytes)
    {
        var server = connection.GetServers()[0];
        using var store = new RedisHttpCacheStore(connection, new RedisHttpCacheStoreOptions { Prefix = $"sized{bytes}:" });
        using var invoker = new HttpMessageInvoker(new CachingHandler(store) { InnerHandler = new Origin(bytes) });
        var urls = Enumerable.Range(0, 2 * SizedEntries).Select(Url).ToArray();

        // The buckets' own keys are there before it counts.
        for (var i = 0; i < StoreKeys.Buckets * 8; i++)
        {
            using var miss = await store.ReadAsync(new CacheKey("https://api.example.com/warm/" + i), default);
        }

        await SendAllAsync(invoker, urls[..SizedEntries]);
        var before = (await ScaleCluster.InfoAsync(connection, "memory", "used_memory"))[0];
        var keys = await server.DatabaseSizeAsync();
        await SendAllAsync(invoker, urls[SizedEntries..]);
        var taken = (await ScaleCluster.InfoAsync(connection, "memory", "used_memory"))[0] - before;
        var added = await server.DatabaseSizeAsync() - keys;
        var usage = 0L;
        var record = new StoreKeys($"sized{bytes}:").PlaceOf(new CacheKey(urls[^1])).Root;
        await foreach (var key in server.KeysAsync(pattern: record + "*"))
        {
            usage += (long)await server.ExecuteAsync("MEMORY", "USAGE", key);
        }

        output.WriteLine($"  entry of {bytes} bytes: {taken / SizedEntries:0} B of used_memory, with {(double)added / SizedEntries:0.00} keys; MEMORY USAGE of one and its body {usage} B");
        await MeasureAsync(output, $"  hits on {bytes} bytes", connection, () => SendAllAsync(invoker, urls), urls.Length);
    }

    /// <summary>How the buckets fall on primaries that have equal shares of the slots.</summary>
    private static void Evenness(TextWriter output)
    {
        var keys = new StoreKeys("cachecontrol:");
        var slots = Enumerable.Range(0, StoreKeys.Buckets).Select(b => SlotOf(keys.EpochOf(b)!)).ToArray();
        output.WriteLine($"{StoreKeys.Buckets} buckets in {slots.Distinct().Count()} slots; buckets of each primary, with equal shares of the slots:");
        foreach (var primaries in new[] { 2, 3, 6, 10, 20, 30, 50, 100, 200 })
        {
            var counts = new int[primaries];
            foreach (var slot in slots)
            {
                counts[(int)((((long)slot + 1) * primaries - 1) / 16384)]++;
            }

            var mean = (double)StoreKeys.Buckets / primaries;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  {primaries,4} primaries: {counts.Min()} to {counts.Max()}, mean {mean:0.0}; the fullest has {counts.Max() / mean:0.00} times the mean"));
        }
    }

    private static int SlotOf(RedisKey key)
    {
        // CRC16 of what stands in braces, as the Cluster specification has it.
        var name = key.ToString();
        var tag = name[(name.IndexOf('{', StringComparison.Ordinal) + 1)..name.IndexOf('}', StringComparison.Ordinal)];
        var crc = 0;
        foreach (var c in tag)
        {
            crc ^= c << 8;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
            }
        }

        return (crc & 0xFFFF) % 16384;
    }

    private static async Task<(double[] Cpu, double[] Commands, double[] In, double[] Out)> CountersAsync(ConnectionMultiplexer connection) =>
        (await ScaleCluster.InfoAsync(connection, "cpu", Cpu, UserCpu),
            await ScaleCluster.InfoAsync(connection, "stats", "total_commands_processed"),
            await ScaleCluster.InfoAsync(connection, "stats", "total_net_input_bytes"),
            await ScaleCluster.InfoAsync(connection, "stats", "total_net_output_bytes"));

    private static async Task SendAllAsync(HttpMessageInvoker invoker, string[] urls)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var i && i < urls.Length)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, urls[i]);
                using var response = await invoker.SendAsync(request, default).ConfigureAwait(false);
                await response.Content.CopyToAsync(Stream.Null).ConfigureAwait(false);
            }
        })));
    }

    private static string[] Draws(string[] urls)
    {
        var upTo = new double[urls.Length];
        var sum = 0.0;
        for (var i = 0; i < urls.Length; i++)
        {
            upTo[i] = sum += Math.Pow(i + 1, -0.9);
        }

        var random = new Random(1);
        return [.. Enumerable.Range(0, Hits).Select(_ => Array.BinarySearch(upTo, random.NextDouble() * sum)).Select(i => urls[Math.Min(i < 0 ? ~i : i, urls.Length - 1)])];
    }

    private static string Shares(double[] values) =>
        string.Join(", ", values.Select(v => string.Create(CultureInfo.InvariantCulture, $"{v:0} ({100 * v / Math.Max(1, values.Sum()):0.0} %)")));

    private static string Url(int i) => string.Create(CultureInfo.InvariantCulture, $"https://api.example.com/v1/products/{i:D8}");

    private sealed class Origin(int bytes) : HttpMessageHandler
    {
        private int _requests;

        public int Requests => Volatile.Read(ref _requests);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _requests);
            return Task.FromResult(SampleResponse.MakeStorable(request, new byte[bytes], false));
        }
    }
}
