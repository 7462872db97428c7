using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpCaching.DependencyInjection;

/// <summary>Gives all caches the flights that the registered store keeps, unless their options name others or share no requests at all.</summary>
internal sealed class FlightsSetup(IServiceProvider provider) : IPostConfigureOptions<HttpCacheOptions>
{
    public void PostConfigure(string? name, HttpCacheOptions options)
    {
        if (options.Collapsing.Flights is not null || !options.CollapseRequests)
        {
            return;
        }

        var store = provider.GetRequiredService<IHttpCacheStore>();
        options.Collapsing.Flights = provider.GetService<IHttpCacheFlights>()
            ?? store as IHttpCacheFlights
            ?? throw new InvalidOperationException(
                $"WithOneFlight needs a store that several processes share and that implements {nameof(IHttpCacheFlights)}; the registered one, a {store.GetType().Name}, does not. Choose another store, or register an {nameof(IHttpCacheFlights)}.");
    }
}
