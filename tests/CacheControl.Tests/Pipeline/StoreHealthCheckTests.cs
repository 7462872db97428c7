using HttpCaching.StoreContract;
using HttpCaching.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Pipeline;

public sealed class StoreHealthCheckTests : IDisposable
{
    private readonly MemoryHttpCacheStore _memory = new();
    private readonly FakeTimeProvider _time = new();
    private readonly FaultyStore _store;

    public StoreHealthCheckTests() => _store = new FaultyStore(_memory);

    [Fact]
    public async Task Check_StoreWorks_IsHealthyAndLeavesNothingBehind()
    {
        var entry = await CheckAsync();

        entry.Status.Should().Be(HealthStatus.Healthy);
        entry.Data.Should().ContainKey("milliseconds");
        _memory.Count.Should().Be(0);
        _store.CallsOf(StoreCall.Commit).Should().Be(1);
        _store.CallsOf(StoreCall.Invalidate).Should().Be(0, "invalidations are remembered by stores, and make them refuse commits");
    }

    [Theory]
    [InlineData(StoreCall.Read, "read")]
    [InlineData(StoreCall.BeginWrite, "write")]
    [InlineData(StoreCall.Commit, "write")]
    [InlineData(StoreCall.OpenBody, "read back")]
    [InlineData(StoreCall.Remove, "remove")]
    public async Task Check_StoreFails_IsUnhealthyAndSaysAtWhat(StoreCall call, string step)
    {
        _store.Inject(call, StoreFault.Throw);

        var entry = await CheckAsync();

        entry.Status.Should().Be(HealthStatus.Unhealthy);
        entry.Description.Should().Be($"The store failed to {step}: IOException.");
        entry.Exception.Should().BeNull("an engine's message may hold its address");
    }

    [Fact]
    public async Task Check_StoreHangs_IsUnhealthyAfterTheLimit()
    {
        _store.Inject(StoreCall.Commit, StoreFault.Hang);

        var check = CheckAsync();
        while (!check.IsCompleted)
        {
            // The wait may begin after the call that hangs has: time goes on until it has ended.
            _time.Advance(TimeSpan.FromSeconds(2));
            await Task.Yield();
        }

        var entry = await check;

        entry.Status.Should().Be(HealthStatus.Unhealthy);
        entry.Description.Should().Be("The store did not write within 2000 ms.");
    }

    [Fact]
    public async Task Check_StoreTakesNothing_IsDegraded()
    {
        using var small = new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { MaximumBytes = 100, MaximumEntryBytes = 10 });

        var entry = await CheckAsync(small);

        entry.Status.Should().Be(HealthStatus.Degraded);
    }

    [Fact]
    public async Task Check_TierIsNotTold_IsDegraded()
    {
        var telling = new TellingStore(_memory);
        using var provider = Provider(telling, tier: true);
        (await CheckAsync(provider)).Status.Should().Be(HealthStatus.Degraded);

        telling.Tell(o => o.OnConnected());

        (await CheckAsync(provider)).Status.Should().Be(HealthStatus.Healthy);
    }

    public void Dispose()
    {
        _store.Dispose();
        _memory.Dispose();
    }

    private async Task<HealthReportEntry> CheckAsync(IHttpCacheStore? store = null)
    {
        using var provider = Provider(store ?? _store, tier: false);
        return await CheckAsync(provider);
    }

    private static async Task<HealthReportEntry> CheckAsync(IServiceProvider provider) =>
        (await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["http-cache-store"];

    private ServiceProvider Provider(IHttpCacheStore store, bool tier)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(_time);
        services.AddSingleton(store);
        var caching = services.AddHttpCaching();
        if (tier)
        {
            caching.WithMemoryTier(1_000_000);
        }

        services.AddHealthChecks().AddHttpCacheStore();
        return services.BuildServiceProvider();
    }
}
