using System.Diagnostics;
using System.Globalization;
using HttpCaching.Redis.Keys;
using HttpCaching.Redis.Tests.Contract;
using HttpCaching.Redis.Tests.Engines;
using StackExchange.Redis;

namespace HttpCaching.Redis.Tests.Faults;

/// <summary>
/// A client with a cache over a store on an engine of several servers. If the cache ever leaves its store alone as a whole it does so for longer than any test
/// waits: who sees hits then knows that it didn't.
/// </summary>
internal sealed class ClusterClient : IDisposable
{
    // Far above what anything takes here: what is to be answered at once must not need it, however busy the machine is.
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly RedisHttpCacheStore _back;
    private readonly MemoryHttpCacheStore? _front;
    private readonly TieredHttpCacheStore? _tier;
    private readonly HttpCache _cache;
    private readonly HttpClient _client;
    private readonly StoreKeys _keys;

    public ClusterClient(string configuration, int bodyBytes = 1000, bool memoryTier = false, TimeSpan? serverTimeout = null, TimeSpan? storePause = null)
    {
        var options = Prefixes.Fresh();
        options.ServerTimeout = serverTimeout ?? Limit / 2;
        Prefix = options.Prefix;
        _keys = new StoreKeys(options.Prefix);
        _back = new RedisHttpCacheStore(configuration, options);
        _front = memoryTier ? new MemoryHttpCacheStore() : null;
        _tier = memoryTier ? new TieredHttpCacheStore(_front!, _back) : null;
        Origin = new VersionedHandler(bodyBytes);
        var caching = new HttpCacheOptions { Store = { Timeout = Limit, Pause = storePause ?? TimeSpan.FromMinutes(10) } };
        _cache = new HttpCache(_tier is null ? _back : _tier, caching, loggerFactory: Log);
        _client = new HttpClient(new CachingHandler(_cache) { InnerHandler = Origin });
    }

    public VersionedHandler Origin { get; }

    public string Prefix { get; }

    public WarningLog Log { get; } = new();

    /// <summary>Whether the memory in front is told of changes now.</summary>
    public bool IsFollowing => _tier!.IsFollowing;

    /// <summary>Names of resources that have their slots on the servers of a Cluster, so many on each.</summary>
    public async Task<string[][]> PathsAsync(ClusterEngine cluster, int ofEach)
    {
        await using var connection = await cluster.Servers[0].ConnectAsync();
        var paths = cluster.Servers.Select(_ => new List<string>()).ToArray();
        for (var i = 0; paths.Any(p => p.Count < ofEach); i++)
        {
            var path = "p" + i.ToString(CultureInfo.InvariantCulture);
            var some = paths[ClusterEngine.IndexOf(SlotOf(connection, path))];
            if (some.Count < ofEach)
            {
                some.Add(path);
            }
        }

        return [.. paths.Select(p => p.ToArray())];
    }

    /// <summary>The slot of all that belongs to a path.</summary>
    public int SlotOf(ConnectionMultiplexer connection, string path) => connection.GetHashSlot(_keys.PlaceOf(new CacheKey(AddressOf(path))).Root);

    /// <summary>Requests a path; the answer is checked byte by byte.</summary>
    /// <param name="path">The path.</param>
    /// <param name="isValidation">Whether the origin is to be asked whether what is stored is still good.</param>
    /// <returns>Whether it came from the store, and its version.</returns>
    public async Task<(bool IsHit, int Version)> AskAsync(string path, bool isValidation = false)
    {
        var start = Stopwatch.GetTimestamp();
        using var request = new HttpRequestMessage(HttpMethod.Get, AddressOf(path));
        request.Headers.CacheControl = isValidation ? new() { NoCache = true } : null;
        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        ((int)response.StatusCode).Should().Be(200);
        var version = Origin.Check(path, await response.Content.ReadAsByteArrayAsync());
        Stopwatch.GetElapsedTime(start).Should().BeLessThan(Limit * 2, "nobody waits for longer than the store may take");
        return (response.GetCacheStatus()!.Hit, version);
    }

    /// <summary>Whether a request is answered from the store.</summary>
    public async Task<bool> IsHitAsync(string path) => (await AskAsync(path)).IsHit;

    /// <summary>Requests paths whose servers are well: all are answered from the store.</summary>
    public async Task ShouldHitAsync(params string[] paths)
    {
        foreach (var path in paths)
        {
            (await IsHitAsync(path)).Should().BeTrue("the server of {0} is well; the last warnings: {1}", path, string.Join("; ", Log.Warnings.TakeLast(3)));
        }
    }

    /// <summary>Has a new version made, through the cache.</summary>
    public async Task ChangeAsync(string path)
    {
        using var response = await _client.PutAsync(AddressOf(path), new ByteArrayContent([]));
        ((int)response.StatusCode).Should().Be(204);
    }

    /// <summary>Requests paths until all are answered from the store.</summary>
    public async Task UntilHitAsync(params string[] paths)
    {
        foreach (var path in paths)
        {
            try
            {
                await Wait.UntilAsync(() => IsHitAsync(path), "for a hit of " + path);
            }
            catch (TimeoutException exception)
            {
                throw new TimeoutException(exception.Message + " The last warnings: " + string.Join("; ", Log.Warnings.TakeLast(3)), exception);
            }
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _cache.Dispose();
        _tier?.Dispose();
        _front?.Dispose();
        _back.Dispose();
    }

    private static string AddressOf(string path) => "https://example.org/" + path;
}
