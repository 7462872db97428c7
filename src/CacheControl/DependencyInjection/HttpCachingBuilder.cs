using Microsoft.Extensions.DependencyInjection;

namespace CacheControl.DependencyInjection;

/// <summary>Where the registration of caching goes on: stores are chosen here.</summary>
public sealed class HttpCachingBuilder
{
    internal HttpCachingBuilder(IServiceCollection services, string name)
    {
        Services = services;
        Name = name;
    }

    /// <summary>The services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The name of the options and of the cache: a client's name, or empty for the cache that all clients share.</summary>
    public string Name { get; }
}
