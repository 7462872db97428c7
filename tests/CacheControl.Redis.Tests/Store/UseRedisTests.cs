using HttpCaching.Redis.Tests.Engines;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace HttpCaching.Redis.Tests.Store;

/// <summary>Registration and options.</summary>
public sealed class UseRedisTests
{
    [Fact]
    public async Task UseRedis_NothingListens_StoreIsMadeAndServicesStart()
    {
        var services = new ServiceCollection();
        services.AddHttpCaching().UseRedis("127.0.0.1:1", o => o.Prefix = "app:");
        await using var provider = services.BuildServiceProvider();

        provider.GetRequiredService<IHttpCacheStore>().Should().BeOfType<RedisHttpCacheStore>();
    }

    [Fact]
    public async Task UseRedis_Connection_StaysTheCallers()
    {
        var garnet = new GarnetEngine();
        await garnet.InitializeAsync();
        await using var connection = await ConnectionMultiplexer.ConnectAsync(garnet.Configuration);
        var services = new ServiceCollection();
        services.AddHttpCaching().UseRedis(connection);
        await using (var provider = services.BuildServiceProvider())
        {
            using var snapshot = await provider.GetRequiredService<IHttpCacheStore>().ReadAsync(StoreFixture.Key, default);
            snapshot.Responses.Should().BeEmpty();
        }

        (await connection.GetDatabase().PingAsync()).Should().BePositive();
        await garnet.DisposeAsync();
    }

    [Fact]
    public void Construct_OptionsOutOfRange_AreAllNamed()
    {
        var options = new RedisHttpCacheStoreOptions
        {
            Prefix = "a{b}",
            Database = -1,
            MaximumResponseBytes = 0,
            InlineBodyBytes = -1,
            ChunkBytes = 1,
            MaximumVariants = 65,
            MaximumRetention = TimeSpan.Zero,
            MaximumExchange = TimeSpan.FromSeconds(1),
            BodyGrace = TimeSpan.Zero,
            ServerTimeout = TimeSpan.Zero,
            TimeProvider = null!,
        };

        var construct = () => new RedisHttpCacheStore("localhost", options);

        var message = construct.Should().Throw<ArgumentException>().Which.Message;
        foreach (var property in typeof(RedisHttpCacheStoreOptions).GetProperties().Where(p => p.PropertyType != typeof(bool)))
        {
            message.Should().Contain(property.Name + " is ");
        }
    }

    [Fact]
    public async Task AnyCall_Disposed_Throws()
    {
        var store = new RedisHttpCacheStore("127.0.0.1:1");
        store.Dispose();
        store.Dispose();

        await store.Invoking(s => s.ReadAsync(StoreFixture.Key, default).AsTask()).Should().ThrowAsync<ObjectDisposedException>();
    }
}
