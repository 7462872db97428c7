using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using HttpCaching.Benchmarks.Cases;
using HttpCaching.Benchmarks.Floors;
using StackExchange.Redis;

namespace HttpCaching.Benchmarks.Quick;

/// <summary>
/// What the Redis store costs over the bare commands on the same connection, against a redis-server of its own on this machine. The time is that of the
/// wall: most of it is spent in another process.
/// </summary>
internal static class RedisReport
{
    private const int SmallBody = 1024;
    private const int LargeBody = 64 * 1024 * 1024;
    private const int ReadBuffer = 64 * 1024;
    private const string Ping = "PING";
    private const string LookUp = "look-up and body";
    private const string Hit = "hit through the handler";

    /// <summary>Measures and prints.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="rounds">How many rounds.</param>
    public static Task PrintAsync(TextWriter output, int rounds) => WithServerAsync(async (connection, store, chunkBytes) =>
    {
        await LookUpsAsync(output, connection, store, rounds);
        await LargeBodiesAsync(output, connection, store, chunkBytes);
        await SizesAsync(output, connection, store, new RedisHttpCacheStoreOptions().Prefix);
    });

    /// <summary>A look-up and a hit of 1 KiB, and the PING beside them.</summary>
    /// <param name="rounds">How many rounds.</param>
    public static async Task<(QuickResult Ping, QuickResult LookUp, QuickResult Hit)> MeasureAsync(int rounds)
    {
        var results = Array.Empty<QuickResult>();
        await WithServerAsync(async (connection, store, _) => results = await LookUpsAsync(TextWriter.Null, connection, store, rounds));
        return (results.Single(r => r.Name == Ping), results.Single(r => r.Name == LookUp), results.Single(r => r.Name == Hit));
    }

    private static async Task WithServerAsync(Func<ConnectionMultiplexer, RedisHttpCacheStore, int, Task> measure)
    {
        var port = FreePort();
        using var server = Process.Start(new ProcessStartInfo("redis-server", $"--port {port} --bind 127.0.0.1 --save \"\" --appendonly no") { RedirectStandardOutput = true })!;
        try
        {
            server.OutputDataReceived += static (_, _) => { };
            server.BeginOutputReadLine();
            await using var connection = await ConnectionMultiplexer.ConnectAsync(
                $"127.0.0.1:{port},allowAdmin=true,abortConnect=false,connectRetry=20,asyncTimeout=20000,syncTimeout=20000");
            var options = new RedisHttpCacheStoreOptions { MaximumResponseBytes = 2L * LargeBody };
            using var store = new RedisHttpCacheStore(connection, options);
            await measure(connection, store, options.ChunkBytes);
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync();
        }
    }

    private static async Task<QuickResult[]> LookUpsAsync(TextWriter output, ConnectionMultiplexer connection, RedisHttpCacheStore store, int rounds)
    {
        var key = new CacheKey("https://api.example.com/v1/products/00000001");
        await StoreAsync(store, key, SmallBody);
        var database = connection.GetDatabase();
        RedisKey bare = "bare";
        await database.StringSetAsync(bare, await database.StringGetAsync(await OnlyRecordAsync(connection)));
        var scoped = key with { Scope = "scope" };
        await StoreAsync(store, scoped, SmallBody);

        var origin = new Origin();
        var invoker = new HttpMessageInvoker(new CachingHandler(store) { InnerHandler = origin });
        var request = Subject.Get(Subject.ShortUrl);
        using (var first = await invoker.SendAsync(request, default))
        {
            await first.Content.CopyToAsync(Stream.Null);
        }

        QuickCase[] cases =
        [
            QuickCase.Of("bare GET", () => database.StringGetAsync(bare)),
            QuickCase.Of("bare GET, lease", async () => (await database.StringGetLeaseAsync(bare).ConfigureAwait(false))!.Dispose()),
            QuickCase.Of(LookUp, () => ReadAsync(store, key)),
            QuickCase.Of("look-up and body, scope", () => ReadAsync(store, scoped)),
            QuickCase.Of(Hit, async () =>
            {
                using var response = await invoker.SendAsync(request, default).ConfigureAwait(false);
                await response.Content.CopyToAsync(Stream.Null).ConfigureAwait(false);
            }),
            QuickCase.Of(Ping, () => database.PingAsync()),
            QuickCase.Of("look-up of nothing", () => ReadNothingAsync(store)),
            QuickCase.Of("store", () => StoreAsync(store, key, SmallBody)),
            QuickCase.Of("bare SET PX", () => database.StringSetAsync("set", new byte[1400], TimeSpan.FromHours(1))),
        ];
        var results = InterleavedRunner.Run(cases, rounds, byWallClock: true);
        output.WriteLine($"entry of {SmallBody} bytes; ratio to the bare GET of the same bytes");
        foreach (var result in results)
        {
            output.WriteLine($"  {result.Name,-26} {result.Median / 1000,8:F1} us {result.RatioTo(results[0]),6:F2}x {result.Bytes,7:F0} B");
        }

        if (origin.Requests != 1)
        {
            throw new InvalidOperationException($"The origin was asked {origin.Requests} times: these were no hits.");
        }

        return results;
    }

    private static async Task LargeBodiesAsync(TextWriter output, ConnectionMultiplexer connection, RedisHttpCacheStore store, int chunkBytes)
    {
        var database = connection.GetDatabase();
        var key = new CacheKey("https://api.example.com/large");
        var chunks = (LargeBody + chunkBytes - 1) / chunkBytes;
        for (var i = 0; i < chunks; i++)
        {
            await database.HashSetAsync("chunks", i, new byte[chunkBytes + 4]);
        }

        var writing = Stopwatch.GetTimestamp();
        await StoreAsync(store, key, LargeBody);
        output.WriteLine($"body of 64 MiB written in {Stopwatch.GetElapsedTime(writing).TotalMilliseconds:F0} ms");
        double[] bare = new double[7], one = new double[7], ours = new double[7];
        var buffer = new byte[ReadBuffer];
        var peak = 0L;
        for (var round = -1; round < bare.Length; round++)
        {
            var alone = await TimeAsync(() => BareAsync(database, chunks, buffer, ahead: 0));
            var ahead = await TimeAsync(() => BareAsync(database, chunks, buffer, ahead: 2));
            var memory = GC.GetTotalAllocatedBytes(precise: true);
            var stored = await TimeAsync(() => ReadAsync(store, key, buffer));
            if (round >= 0)
            {
                (one[round], bare[round], ours[round]) = (alone, ahead, stored);
                peak = Math.Max(peak, GC.GetTotalAllocatedBytes(precise: true) - memory);
            }
        }

        Array.Sort(one);
        Array.Sort(bare);
        Array.Sort(ours);
        var middle = bare.Length / 2;
        output.WriteLine($"body of 64 MiB read in {ours[middle]:F0} ms; bare chunks one after the other {one[middle]:F0} ms, two ahead {bare[middle]:F0} ms");
        output.WriteLine($"  speed {one[middle] / ours[middle]:F2} and {bare[middle] / ours[middle]:F2} of the bare reads; {peak / 1024} KiB allocated at most in one read");
    }

    private static async Task SizesAsync(TextWriter output, ConnectionMultiplexer connection, RedisHttpCacheStore store, string prefix)
    {
        var server = connection.GetServers()[0];
        await store.ClearAsync(default);
        await server.FlushDatabaseAsync();
        const int count = 2000;
        for (var i = 0; i < 1024 * 8; i++)
        {
            using var miss = await store.ReadAsync(new CacheKey($"https://api.example.com/warm/{i}"), default);
        }

        await store.ClearAsync(default);
        var empty = await UsedAsync(server);
        for (var i = 0; i < count; i++)
        {
            using var miss = await store.ReadAsync(new CacheKey($"https://api.example.com/v1/products/{i:D8}"), default);
        }

        var missed = await UsedAsync(server);
        for (var i = 0; i < count; i++)
        {
            await StoreAsync(store, new CacheKey($"https://api.example.com/v1/products/{i:D8}"), SmallBody);
        }

        var stored = await UsedAsync(server);
        output.WriteLine($"memory on the engine: {(stored - empty) / count} B for an entry of {SmallBody} bytes, {(missed - empty) / count} B for a miss that is remembered");
        var record = (await NamesAsync(server, prefix)).First(n => n.Length > prefix.Length + 6);
        output.WriteLine($"  MEMORY USAGE of one record {(long)await server.ExecuteAsync("MEMORY", "USAGE", record)} B, its value {await connection.GetDatabase().StringLengthAsync(record)} B");
        var before = await TrafficAsync(server);
        for (var i = 0; i < count; i++)
        {
            await ReadAsync(store, new CacheKey($"https://api.example.com/v1/products/{i:D8}"));
        }

        var after = await TrafficAsync(server);
        output.WriteLine($"network for a hit: {(after.In - before.In) / count} B to the engine, {(after.Out - before.Out) / count} B from it");
    }

    private static async Task<double> TimeAsync(Func<Task> action)
    {
        var start = Stopwatch.GetTimestamp();
        await action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static async Task BareAsync(IDatabase database, int chunks, byte[] buffer, int ahead)
    {
        var running = new Queue<Task<Lease<byte>?>>();
        var next = 0;
        for (var i = 0; i < chunks; i++)
        {
            while (next < chunks && next <= i + ahead)
            {
                running.Enqueue(database.HashGetLeaseAsync("chunks", next++));
            }

            using var chunk = await running.Dequeue();
            for (var offset = 0; offset < chunk!.Length; offset += buffer.Length)
            {
                chunk.Span.Slice(offset, Math.Min(buffer.Length, chunk.Length - offset)).CopyTo(buffer);
            }
        }
    }

    private static async Task ReadAsync(RedisHttpCacheStore store, CacheKey key, byte[] buffer)
    {
        using var snapshot = await store.ReadAsync(key, default);
        using var body = await snapshot.OpenBodyAsync(snapshot.Responses[0], default);
        for (var offset = 0L; offset < body.Length;)
        {
            offset += await body.ReadAsync(offset, buffer, default);
        }
    }

    private static async Task ReadAsync(RedisHttpCacheStore store, CacheKey key)
    {
        using var snapshot = await store.ReadAsync(key, default).ConfigureAwait(false);
        using var body = await snapshot.OpenBodyAsync(snapshot.Responses[0], default).ConfigureAwait(false);
        if (!body.TryGetMemory(0, out _))
        {
            throw new InvalidOperationException("The body did not come with its head.");
        }
    }

    private static async Task ReadNothingAsync(RedisHttpCacheStore store)
    {
        using var snapshot = await store.ReadAsync(new CacheKey("https://api.example.com/nothing"), default).ConfigureAwait(false);
    }

    private static async Task StoreAsync(RedisHttpCacheStore store, CacheKey key, int length)
    {
        using var snapshot = await store.ReadAsync(key, default).ConfigureAwait(false);
        var head = new StoredResponse
        {
            Method = "GET",
            TargetUri = key.Uri,
            StatusCode = 200,
            ReasonPhrase = "OK",
            HttpVersion = new Version(1, 1),
            Fields = new HttpFields(
            [
                new("Date", "Sun, 01 Mar 2026 12:00:00 GMT"), new("Cache-Control", "max-age=60"), new("ETag", "\"0123456789abcdef\""),
                new("Vary", "Accept-Encoding"), new("Server", "example"), new("X-Request-Id", "0123456789abcdef0123456789abcdef"),
                new("Content-Type", "application/json"), new("Content-Length", length.ToString(CultureInfo.InvariantCulture)),
            ]),
            Times = new ExchangeTimes(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch),
            BodyLength = length,
            Variant = "GET",
            Rank = 1,
            Generation = Random.Shared.NextInt64(),
            BodyId = Random.Shared.NextInt64(),
        };
        using var writer = await store.BeginWriteAsync(key, length, default).ConfigureAwait(false);
        var piece = new byte[Math.Min(length, ReadBuffer)];
        for (var offset = 0; offset < length; offset += piece.Length)
        {
            await writer!.WriteAsync(piece, default).ConfigureAwait(false);
        }

        var commit = new StoreCommit { Head = head, Stamp = snapshot.Stamp, Retention = TimeSpan.FromHours(1) };
        if (!await writer!.CommitAsync(commit, default).ConfigureAwait(false))
        {
            throw new InvalidOperationException("The commit was refused.");
        }
    }

    private static async Task<string> OnlyRecordAsync(ConnectionMultiplexer connection) =>
        (await NamesAsync(connection.GetServers()[0], string.Empty)).Single(n => !n.EndsWith('!'));

    private static async Task<List<string>> NamesAsync(IServer server, string prefix)
    {
        List<string> names = [];
        await foreach (var name in server.KeysAsync(pattern: prefix + "*"))
        {
            names.Add(name.ToString());
        }

        return names;
    }

    private static async Task<long> UsedAsync(IServer server) => await InfoAsync(server, "memory", "used_memory");

    private static async Task<(long In, long Out)> TrafficAsync(IServer server) =>
        (await InfoAsync(server, "stats", "total_net_input_bytes"), await InfoAsync(server, "stats", "total_net_output_bytes"));

    private static async Task<long> InfoAsync(IServer server, string section, string name)
    {
        var line = (await server.InfoRawAsync(section))!.Split('\n', StringSplitOptions.TrimEntries).Single(l => l.StartsWith(name + ":", StringComparison.Ordinal));
        return long.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class Origin : HttpMessageHandler
    {
        public int Requests { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            return Task.FromResult(SampleResponse.MakeStorable(request, new byte[SmallBody], false));
        }
    }
}
