using System.Diagnostics;
using HttpCaching.Redis.Connection;

namespace HttpCaching.StressHost;

/// <summary>Asks for one resource after the other through a cache that shares an engine with other processes, and agrees with them on who asks the origin.</summary>
internal static class FlightLoad
{
    public static async Task<int> RunAsync(string engine, Uri origin, int resources, bool oneFlight, TimeSpan lease)
    {
        using var store = new RedisHttpCacheStore(engine, new RedisHttpCacheStoreOptions { Flights = new FlightSettings { Lease = lease } });

        // Nobody is to lose patience because the machine is busy.
        var patience = TimeSpan.FromMinutes(1);
        var options = new HttpCacheOptions
        {
            Collapsing = { Flights = oneFlight ? store : null, MaximumFlightWait = patience, MaximumWait = patience * 2 },
            Store = { Timeout = patience / 2 },
        };
        using var cache = new HttpCache(store, options);
        using var client = new HttpClient(new CachingHandler(cache)) { BaseAddress = origin };

        // Connected and compiled before it counts.
        await client.GetStringAsync("/warm");
        Console.WriteLine("ready");
        await Console.In.ReadLineAsync();
        var longest = TimeSpan.Zero;
        for (var i = 0; i < resources; i++)
        {
            var clock = Stopwatch.StartNew();
            if (await client.GetStringAsync($"/{i}") != $"body of /{i}")
            {
                return 1;
            }

            longest = longest > clock.Elapsed ? longest : clock.Elapsed;
        }

        Console.WriteLine($"done longest={longest.TotalMilliseconds:0}");
        return 0;
    }
}
