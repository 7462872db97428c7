using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace HttpCaching.DistributedCache.Tests;

public sealed class RegistrationTests
{
    [Fact]
    public async Task UseDistributedCache_EngineRegistered_IsUsed()
    {
        var services = new ServiceCollection();
        services.AddDistributedMemoryCache();
        services.AddHttpCaching().UseDistributedCache();
        await using var provider = services.BuildServiceProvider();

        provider.GetRequiredService<IHttpCacheStore>().Should().BeOfType<DistributedHttpCacheStore>();
    }

    [Fact]
    public async Task UseDistributedCache_NoEngineRegistered_SaysWhatToDo()
    {
        var services = new ServiceCollection();
        services.AddHttpCaching().UseDistributedCache();
        await using var provider = services.BuildServiceProvider();

        provider.Invoking(p => p.GetRequiredService<IHttpCacheStore>()).Should().Throw<InvalidOperationException>().WithMessage("*AddStackExchangeRedisCache*");
    }

    [Fact]
    public async Task UseKeyedDistributedCache_EngineUnderThisKey_IsUsed()
    {
        var engine = new WatchedCache();
        var services = new ServiceCollection();
        services.AddDistributedMemoryCache();
        services.AddKeyedSingleton<IDistributedCache>("http", engine);
        services.AddHttpCaching().UseKeyedDistributedCache("http");
        await using var provider = services.BuildServiceProvider();

        (await provider.GetRequiredService<IHttpCacheStore>().ReadAsync(new("https://example.org/"), default)).Dispose();

        engine.Calls.Should().NotBeEmpty();
    }

    [Fact]
    public async Task UseKeyedDistributedCache_NoneUnderThisKey_NamesTheKey()
    {
        var services = new ServiceCollection();
        services.AddDistributedMemoryCache();
        services.AddHttpCaching().UseKeyedDistributedCache("http");
        await using var provider = services.BuildServiceProvider();

        provider.Invoking(p => p.GetRequiredService<IHttpCacheStore>()).Should().Throw<InvalidOperationException>().WithMessage("*'http'*");
    }

    [Fact]
    public void Options_AllWrong_ListsAllErrors()
    {
        var options = new DistributedHttpCacheStoreOptions
        {
            KeyPrefix = new string('x', 201),
            MaximumEntryBytes = 0,
            MaximumVariants = 0,
            InlineBodyBytes = -1,
            ChunkBytes = 1,
            MaximumRetention = TimeSpan.Zero,
            LargeBodyRetention = TimeSpan.FromDays(1),
            ReplacedBodyGrace = TimeSpan.FromSeconds(-1),
            MaximumEpochAge = TimeSpan.FromSeconds(-1),
            EngineTimeout = TimeSpan.Zero,
            TimeProvider = null!,
        };

        var message = FluentActions.Invoking(() => new DistributedHttpCacheStore(new WatchedCache(), options)).Should().Throw<ArgumentException>().Which.Message;

        foreach (var property in typeof(DistributedHttpCacheStoreOptions).GetProperties())
        {
            message.Should().Contain(property.Name + " ");
        }
    }
}
