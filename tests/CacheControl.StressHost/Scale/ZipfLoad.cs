using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using HttpCaching.Redis.Connection;

namespace HttpCaching.StressHost.Scale;

/// <summary>
/// One of several machines that share an engine, and does what it is told, line by line:
/// "run requests milliseconds" asks for resources and answers with a <see cref="LoadResult"/>; "truth milliseconds" changes them too and answers with a
/// <see cref="TruthResult"/>; "change resources" has the origin change them, by a request through
/// the cache; "stored resources" and "gone resources" wait until its store shows them, or nothing of them any more.
/// </summary>
internal static class ZipfLoad
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static async Task<int> RunAsync(LoadSettings settings)
    {
        var options = new RedisHttpCacheStoreOptions();
        if (settings.IsPatient)
        {
            options.Flights = new FlightSettings { Lease = Patience };
            options.ServerTimeout = Patience / 3;
        }

        using var back = new RedisHttpCacheStore(settings.Engine, options);
        using var front = new MemoryHttpCacheStore();
        using var tier = settings.MemoryTier ? new TieredHttpCacheStore(front, back) : null;
        IHttpCacheStore store = tier is null ? back : tier;
        var faults = new ConcurrentQueue<string>();
        using var cache = new HttpCache(store, OptionsOf(settings, back), loggerFactory: settings.IsPatient ? new FaultLog(faults) : null);
        using var client = new HttpClient(new CachingHandler(cache)) { BaseAddress = settings.Origin };
        using var versions = new VersionTable(settings.Versions, settings.Resources);
        using var acknowledged = new VersionTable(settings.Acknowledged, settings.Resources);
        var draw = new ZipfDraw(settings.Resources, settings.Exponent);

        await client.GetStringAsync(new Uri("/warm", UriKind.Relative));
        await UntilAsync(() => ValueTask.FromResult(tier?.IsFollowing != false));
        Console.WriteLine("ready");
        for (var round = 0; await Console.In.ReadLineAsync() is { } line; round++)
        {
            var words = line.Split(' ');
            var numbers = words.Skip(1).Select(w => int.Parse(w, CultureInfo.InvariantCulture)).ToArray();
            switch (words[0])
            {
                case "run":
                    var run = new LoadRun(client, settings, versions, draw, faults);
                    Console.WriteLine(JsonSerializer.Serialize(await run.RunAsync(numbers[0], TimeSpan.FromMilliseconds(numbers[1]), (settings.Seed * 1000) + round)));
                    break;
                case "truth":
                    var truth = new TruthRun(client, settings, acknowledged, draw);
                    Console.WriteLine(JsonSerializer.Serialize(await truth.RunAsync(TimeSpan.FromMilliseconds(numbers[0]), (settings.Seed * 1000) + round)));
                    break;
                case "change":
                    await ChangeAsync(client, numbers);
                    Console.WriteLine("changed");
                    break;
                default:
                    await ShowsAsync(store, settings.Origin, numbers, isStored: words[0] == "stored");
                    Console.WriteLine(words[0]);
                    break;
            }
        }

        return 0;
    }

    private static HttpCacheOptions OptionsOf(LoadSettings settings, RedisHttpCacheStore store)
    {
        var options = new HttpCacheOptions { Collapsing = { Flights = settings.OneFlight ? store : null } };
        if (settings.IsPatient)
        {
            options.Collapsing.MaximumFlightWait = Patience;
            options.Collapsing.MaximumWait = Patience * 2;
            options.Store.Timeout = Patience / 2;
        }

        return options;
    }

    private static async Task ChangeAsync(HttpClient client, int[] resources)
    {
        foreach (var resource in resources)
        {
            using var content = new ByteArrayContent([]);
            using var response = await client.PutAsync(new Uri($"/k/{resource}", UriKind.Relative), content);
            response.EnsureSuccessStatusCode();
        }
    }

    private static async Task ShowsAsync(IHttpCacheStore store, Uri origin, int[] resources, bool isStored)
    {
        foreach (var resource in resources)
        {
            var key = new CacheKey(new Uri(origin, $"/k/{resource}").AbsoluteUri);
            await UntilAsync(async () =>
            {
                using var snapshot = await store.ReadAsync(key, default);
                return snapshot.Responses.IsEmpty != isStored;
            });
        }
    }

    private static async Task UntilAsync(Func<ValueTask<bool>> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            if (clock.Elapsed > Patience)
            {
                throw new TimeoutException("The store does not show what it should.");
            }

            await Task.Delay(5);
        }
    }
}
