using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace HttpCaching.Tests.Pipeline;

public sealed class RegistrationTests
{
    [Fact]
    public async Task AddHttpMessageHandler_ByHabit_Caches()
    {
        await using var site = await PipelineSite.StartAsync();
        var services = new ServiceCollection();
        services.AddHttpCaching();
        services.AddHttpClient("x").AddHttpMessageHandler<CachingHandler>();

        await AssertCachesAsync(services, "x", site);
    }

    [Fact]
    public async Task AddHttpMessageHandler_ForAllClients_Caches()
    {
        await using var site = await PipelineSite.StartAsync();
        var services = new ServiceCollection();
        services.AddHttpClient().AddHttpMessageHandler<CachingHandler>();

        await AssertCachesAsync(services, "any", site);
    }

    [Fact]
    [Trait("Spec", "HTC-16")]
    public async Task AddHttpCaching_TwoClients_KeepTheirEntriesApart()
    {
        await using var site = await PipelineSite.StartAsync();
        var services = new ServiceCollection();
        services.AddHttpClient("a").AddHttpCaching();
        services.AddHttpClient("b").AddHttpCaching();
        await using var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<IHttpClientFactory>();

        foreach (var name in new[] { "a", "b", "a", "b" })
        {
            await factory.CreateClient(name).GetStringAsync(new Uri(site.Address, "/page"));
        }

        site.Requests.Should().HaveCount(2);
    }

    [Fact]
    public void AddHttpCaching_WrongOptions_AreRefusedAtStartWithAllErrors()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddHttpCaching(o =>
        {
            o.StaleIfError = TimeSpan.FromSeconds(-1);
            o.Freshness.HeuristicFraction = 2;
            o.Extensions.TargetedFields.Add("CDN-Cache-Control");
        });
        using var host = builder.Build();

        var start = () => host.Start();

        start.Should().Throw<OptionsValidationException>().Which.Failures.Should().HaveCount(3).And.OnlyContain(f => f.Contains(';'));
    }

    [Fact]
    public void CachingHandler_WrongOptions_Throws()
    {
        var make = () => new CachingHandler(new HttpCacheOptions { Limits = { MaximumUriLength = 0 }, Keys = { HashKey = [1] } });

        make.Should().Throw<OptionsValidationException>().Which.Failures.Should().HaveCount(2);
    }

    [Fact]
    public async Task AddHttpCaching_RegisteredStore_IsUsed()
    {
        await using var site = await PipelineSite.StartAsync();
        using var store = new MemoryHttpCacheStore();
        var services = new ServiceCollection();
        services.AddSingleton<IHttpCacheStore>(store);
        services.AddHttpClient("x").AddHttpCaching();

        await AssertCachesAsync(services, "x", site);

        store.Count.Should().Be(1);
    }

    private static async Task AssertCachesAsync(ServiceCollection services, string name, Http.LoopbackServer site)
    {
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient(name);
        for (var i = 0; i < 2; i++)
        {
            (await client.GetStringAsync(new Uri(site.Address, "/page"))).Should().Be(PipelineSite.Text);
        }

        site.Requests.Should().HaveCount(1);
    }
}
