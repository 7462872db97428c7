using Microsoft.Extensions.DependencyInjection;

namespace HttpCaching;

/// <summary>
/// Continues the registration of caching: stores are chosen here. The builder of <c>services.AddHttpCaching()</c> chooses the default store, the builder of one client
/// (<see cref="HttpCachingClientBuilder"/>) chooses a store for that client alone.
/// </summary>
public class HttpCachingBuilder
{
    internal HttpCachingBuilder(IServiceCollection services, string? client) => (Services, Client) = (services, client);

    /// <summary>The services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The name of the client whose registration this is; null for the default of all clients.</summary>
    internal string? Client { get; }
}
