using Microsoft.Extensions.DependencyInjection;

namespace HttpCaching.DependencyInjection;

/// <summary>Marks the cache's place in a pipeline until the client's name and its primary handler are known.</summary>
/// <param name="services">Where the caches are.</param>
internal sealed class CachePlaceholder(IServiceProvider services) : DelegatingHandler
{
    /// <summary>The cache that goes there.</summary>
    /// <param name="client">The client's name.</param>
    public HttpCache CacheOf(string client) => services.GetRequiredKeyedService<HttpCache>(client);
}
