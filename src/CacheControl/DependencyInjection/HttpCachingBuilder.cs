using Microsoft.Extensions.DependencyInjection;

namespace HttpCaching;

/// <summary>Where the registration of caching goes on: stores are chosen here.</summary>
public sealed class HttpCachingBuilder
{
    internal HttpCachingBuilder(IServiceCollection services) => Services = services;

    /// <summary>The services.</summary>
    public IServiceCollection Services { get; }
}
