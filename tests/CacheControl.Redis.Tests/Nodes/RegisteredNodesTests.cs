using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace HttpCaching.Redis.Tests.Nodes;

/// <summary>Two machines as an application registers them.</summary>
public sealed class RegisteredNodesTests
{
    [Fact]
    public async Task TwoProviders_WithTierAndFlights_WorkTogether()
    {
        await using var engine = await NodeEngine.StartAsync("garnet");
        await using var origin = await CountingOrigin.StartAsync();
        await using var one = Provider(engine, origin);
        await using var other = Provider(engine, origin);
        var (client, otherClient) = (ClientOf(one), ClientOf(other));

        var bodies = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => (i % 2 == 0 ? client : otherClient).GetStringAsync("/x")));

        bodies.Should().AllBe("body of /x");
        origin.Count.Should().Be(1);
        foreach (var provider in new[] { one, other })
        {
            // Degraded until the first connection to the channel stands.
            await TieredNode.UntilAsync(() => CheckAsync(provider).GetAwaiter().GetResult() == HealthStatus.Healthy, "the store is healthy");
        }

        (await otherClient.GetStringAsync("/x")).Should().Be("body of /x");
        origin.Count.Should().Be(1);
        using (var posted = await client.PostAsync("/x", null))
        {
            posted.StatusCode.Should().Be(HttpStatusCode.OK);
        }

        // The unsafe request went through one node; the other one's memory has heard of it.
        await TieredNode.UntilAsync(
            () =>
            {
                otherClient.GetStringAsync("/x").GetAwaiter().GetResult();
                return origin.Count == 3;
            },
            "the other node has to ask the origin again");
    }

    [Fact]
    public async Task Check_EngineGone_IsUnhealthyWithoutAddresses()
    {
        var engine = await NodeEngine.StartAsync("garnet");
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddHttpCaching().UseRedis(engine.Configuration.Split(',')[0] + ",connectTimeout=500,password=secret");
        services.AddHealthChecks().AddHttpCacheStore();
        await using var provider = services.BuildServiceProvider();
        var port = engine.Configuration.Split(',')[0].Split(':')[1];
        await engine.DisposeAsync();

        var entry = (await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["http-cache-store"];

        entry.Status.Should().Be(HealthStatus.Unhealthy);
        entry.Description.Should().StartWith("The store").And.NotContain(port).And.NotContain("secret");
    }

    private static HttpClient ClientOf(IServiceProvider provider) => provider.GetRequiredService<IHttpClientFactory>().CreateClient("api");

    private static async Task<HealthStatus> CheckAsync(IServiceProvider provider) =>
        (await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status;

    private static ServiceProvider Provider(NodeEngine engine, CountingOrigin origin)
    {
        var services = new ServiceCollection();
        services.AddLogging();

        // A busy machine takes its time to connect: that is not what is tested here.
        services.AddHttpCaching(o => (o.Store.Timeout, o.Collapsing.MaximumWait) = (TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60))).WithOneFlight(TimeSpan.FromSeconds(30)).WithMemoryTier(10_000_000).UseRedis(engine.Configuration);
        services.AddHttpClient("api", c => c.BaseAddress = origin.Address).AddHttpMessageHandler<CachingHandler>();
        services.AddHealthChecks().AddHttpCacheStore(limit: TimeSpan.FromSeconds(20));
        return services.BuildServiceProvider();
    }
}
