using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpCaching.DependencyInjection;

/// <summary>Gives caches the flights that their store keeps, unless their options name others or share no requests at all.</summary>
internal sealed class FlightsSetup(IServiceProvider provider, IEnumerable<FlightsRequest> requests) : IPostConfigureOptions<HttpCacheOptions>
{
    public void PostConfigure(string? name, HttpCacheOptions options)
    {
        if (options.Collapsing.Flights is not null || !options.CollapseRequests)
        {
            return;
        }

        var client = string.IsNullOrEmpty(name) ? null : name;
        var own = ClientStores.OwnOf(provider, client);
        if (!requests.Any(request => request.Client == client || (own is null && request.Client is null)))
        {
            return;
        }

        var store = own ?? ClientStores.BackOf(provider, null);
        options.Collapsing.Flights = (own is null ? provider.GetService<IHttpCacheFlights>() : provider.GetKeyedService<IHttpCacheFlights>(client))
            ?? store as IHttpCacheFlights
            ?? throw new InvalidOperationException(
                $"WithOneFlight needs a store that several processes share and that implements {nameof(IHttpCacheFlights)}; the registered one, a {store.GetType().Name}, does not. Choose another store, or register an {nameof(IHttpCacheFlights)}.");
    }
}
