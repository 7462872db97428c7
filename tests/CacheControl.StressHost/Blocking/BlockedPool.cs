using System.Collections.Concurrent;
using System.Diagnostics;
using StackExchange.Redis;

namespace HttpCaching.StressHost.Blocking;

/// <summary>
/// Callers of the blocking <see cref="HttpClient.Send(HttpRequestMessage)"/> on all threads of a pool that gets no more of them. Whatever would need one more waits
/// until the callers have ended.
/// </summary>
internal static class BlockedPool
{
    private const int CallersPerThread = 8;
    private const int Sends = 5;

    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(1.5);

    // Small enough to lie next to their heads, several chunks, and far more than a writer holds in memory.
    private static readonly int[] Sizes = [100, 300_000, 1_000_000];

    // The fewest that the runtime allows is the number of processors.
    private static readonly int Threads = Math.Max(8, Environment.ProcessorCount);

    public static int Run(string target)
    {
        using var origin = new ThreadOrigin();
        var store = Open(target);
        using var owned = store as IDisposable;

        // A call that waited for the pool would take so long: then there is no hit, and a warning of the store.
        var options = new HttpCacheOptions
        {
            Store = { Timeout = TimeSpan.FromSeconds(30), BodyTimeout = TimeSpan.FromSeconds(30) },
            Collapsing = { Flights = target.StartsWith("flights:", StringComparison.Ordinal) ? store as IHttpCacheFlights : null },
        };
        var faults = new ConcurrentQueue<string>();
        using var cache = new HttpCache(store, options, loggerFactory: new FaultLog(faults));
        using var client = Client(cache, origin);
        (options.CollapseRequests, options.Collapsing.Flights) = (false, null);
        using var alone = new HttpCache(store, options, loggerFactory: new FaultLog(faults));
        using var clientAlone = Client(alone, origin);

        // Connected before all threads are busy: a client library may need the pool for that.
        Send(client, "/warm/100");
        ThreadPool.SetMinThreads(Threads, 1);
        if (!ThreadPool.SetMaxThreads(Threads, Threads))
        {
            return 2;
        }

        Console.WriteLine("ready");
        var clock = Stopwatch.StartNew();
        var hits = 0;
        var left = new CountdownEvent(Threads * CallersPerThread);
        for (var caller = 0; caller < Threads * CallersPerThread; caller++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                number =>
                {
                    try
                    {
                        var path = $"/{number}/{Sizes[number % Sizes.Length]}";
                        for (var i = 0; i < Sends; i++)
                        {
                            Interlocked.Add(ref hits, Send(number % 2 == 0 ? client : clientAlone, path) ? 1 : 0);
                        }
                    }
                    catch (Exception exception)
                    {
                        faults.Enqueue(exception.ToString().ReplaceLineEndings(" "));
                    }

                    left.Signal();
                },
                caller,
                preferLocal: false);
        }

        var ended = left.Wait(Bound);
        var expected = Threads * CallersPerThread * (Sends - 1);
        var isWell = ended && faults.IsEmpty && hits == expected;
        Console.WriteLine(
            $"{(isWell ? "done" : "failed")} ended={ended} hits={hits}/{expected} seconds={clock.Elapsed.TotalSeconds:0.0} faults={faults.Count} {string.Join(" | ", faults.Take(3))}");
        return isWell ? 0 : 1;
    }

    private static HttpClient Client(HttpCache cache, ThreadOrigin origin) =>
        new(new CachingHandler(cache) { InnerHandler = new SocketHandler() }) { BaseAddress = origin.Address };

    /// <summary>Sends, and reads the body; true if it came from the store.</summary>
    private static bool Send(HttpClient client, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var response = client.Send(request);
        using var reader = new StreamReader(response.Content.ReadAsStream());
        return reader.ReadToEnd() == ThreadOrigin.BodyOf(path)
            ? response.GetCacheStatus()?.Hit == true
            : throw new InvalidDataException($"Wrong answer for {path}: {(int)response.StatusCode}");
    }

    private static IHttpCacheStore Open(string target)
    {
        switch (target.Split(':', 2))
        {
            case ["memory"]:
                return new MemoryHttpCacheStore();
            case ["tiered", var directory]:
                return new TieredHttpCacheStore(new MemoryHttpCacheStore(), StressStore.Open(directory, new FileHttpCacheStoreOptions()));
            case ["distributed"]:
                return new DistributedHttpCacheStore(new YieldingEngine());
            case ["redis" or "flights", var engine]:
                // Its answers are read by a thread of the pool otherwise, and it has to be said for the whole process.
                ConnectionMultiplexer.SetFeatureFlag("DedicatedThreads", true);
                return new RedisHttpCacheStore(engine);
            default:
                return StressStore.Open(target, new FileHttpCacheStoreOptions());
        }
    }
}
