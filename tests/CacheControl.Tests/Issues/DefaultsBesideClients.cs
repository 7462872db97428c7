using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpCaching.Tests.Issues;

/// <summary>The options of ConfigureHttpClientDefaults come before those of each client, whichever call comes first, as with the platform's own options.</summary>
public sealed class DefaultsBesideClients
{
    [Theory]
    [InlineData("defaults first")]
    [InlineData("defaults last")]
    [InlineData("defaults between")]
    [Trait("Spec", "DI-3")]
    public void AddHttpCaching_InTheDefaultsAndOnAClient_TheClientHasTheLastWord(string order)
    {
        var services = new ServiceCollection();
        if (order == "defaults between")
        {
            services.AddHttpCaching(options => options.CacheStatusName = "shared");
        }

        if (order != "defaults first")
        {
            Client(services);
        }

        services.ConfigureHttpClientDefaults(http => http.AddHttpCaching(options => (options.CacheStatusName, options.StaleIfError) = ("defaults", TimeSpan.FromHours(1))));
        services.ConfigureHttpClientDefaults(http => http.AddHttpCaching(options => options.StaleIfError = TimeSpan.FromHours(2)));
        if (order == "defaults first")
        {
            Client(services);
        }

        services.AddHttpClient("api").AddHttpCaching(options => options.SingleUser = true);
        using var provider = services.BuildServiceProvider();
        var monitor = provider.GetRequiredService<IOptionsMonitor<HttpCacheOptions>>();

        monitor.Get("api").Should().BeEquivalentTo(new { CacheStatusName = "client", StaleIfError = TimeSpan.FromHours(2), SingleUser = true });
        monitor.Get("other").Should().BeEquivalentTo(new { CacheStatusName = "defaults", StaleIfError = TimeSpan.FromHours(2), SingleUser = false });
        monitor.CurrentValue.CacheStatusName.Should().Be(order == "defaults between" ? "shared" : "defaults");
    }

    private static void Client(IServiceCollection services) => services.AddHttpClient("api").AddHttpCaching(options => options.CacheStatusName = "client");
}
