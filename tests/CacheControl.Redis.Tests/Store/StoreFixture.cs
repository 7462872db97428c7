using HttpCaching.Redis.Keys;
using HttpCaching.Redis.Tests.Contract;
using HttpCaching.Redis.Tests.Engines;
using HttpCaching.StoreContract;
using StackExchange.Redis;

namespace HttpCaching.Redis.Tests.Store;

/// <summary>A store on an engine, with a look behind it.</summary>
internal sealed class StoreFixture : IAsyncDisposable
{
    private StoreFixture(RedisHttpCacheStoreOptions options, ConnectionMultiplexer connection)
    {
        Options = options;
        Connection = connection;
        Store = new RedisHttpCacheStore(connection, options);
        Keys = new StoreKeys(options.Prefix);
    }

    public static CacheKey Key { get; } = new("https://example.org/secret?token=hidden");

    public RedisHttpCacheStoreOptions Options { get; }

    public ConnectionMultiplexer Connection { get; }

    public RedisHttpCacheStore Store { get; }

    public StoreKeys Keys { get; }

    public IDatabase Database => Connection.GetDatabase();

    public EntryPlace Place => Keys.PlaceOf(Key);

    public static async Task<StoreFixture> StartAsync(IEngine engine, Action<RedisHttpCacheStoreOptions>? configure = null)
    {
        var options = Prefixes.Fresh();
        configure?.Invoke(options);
        return new StoreFixture(options, await ConnectionMultiplexer.ConnectAsync(engine.Configuration + ",allowAdmin=true"));
    }

    /// <summary>All keys of the store, in their order.</summary>
    public async Task<List<string>> NamesAsync()
    {
        List<string> names = [];
        foreach (var server in Connection.GetServers().Where(s => !s.IsReplica))
        {
            await foreach (var name in server.KeysAsync(pattern: Options.Prefix + "*"))
            {
                names.Add(name.ToString());
            }
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    public async Task<string> BodyNameAsync() => (await NamesAsync()).Single(n => n.Contains(StoreKeys.BodyMark, StringComparison.Ordinal));

    public async Task<StoredResponse> PutAsync(CacheKey key, int length = 100, params string[] tags)
    {
        var head = StoredResponses.Get(key.Uri, length, tags: tags);
        using var snapshot = await Store.ReadAsync(key, default);
        var replaces = snapshot.Responses.FirstOrDefault(r => r.Variant == head.Variant)?.Generation;
        (await TryPutAsync(key, head, snapshot.Stamp, replaces)).Should().BeTrue();
        return head;
    }

    public async Task<bool> TryPutAsync(CacheKey key, StoredResponse head, long stamp, long? replaces = null, TimeSpan? retention = null)
    {
        using var writer = await Store.BeginWriteAsync(key, head.BodyLength, default);
        return await writer!.WriteAsync(SelfDescribingBody.Create(head.BodyId, head.BodyLength), default)
            && await writer.CommitAsync(
                new StoreCommit { Head = head, Stamp = stamp, Replaces = replaces, Retention = retention ?? TimeSpan.FromHours(1) }, default);
    }

    public async Task<int> CountAsync(CacheKey key)
    {
        using var snapshot = await Store.ReadAsync(key, default);
        return snapshot.Responses.Length;
    }

    public static async Task<bool> IsWholeAsync(HttpCacheSnapshot snapshot)
    {
        var head = snapshot.Responses[0];
        using var body = await snapshot.OpenBodyAsync(head, default);
        var bytes = new byte[head.BodyLength];
        for (var offset = 0; offset < bytes.Length;)
        {
            offset += await body.ReadAsync(offset, bytes.AsMemory(offset), default);
        }

        return SelfDescribingBody.Matches(head.BodyId, head.BodyLength, 0, bytes);
    }

    public async ValueTask DisposeAsync()
    {
        Store.Dispose();
        await Connection.DisposeAsync();
    }
}
