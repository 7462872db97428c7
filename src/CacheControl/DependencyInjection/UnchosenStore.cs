using Microsoft.Extensions.DependencyInjection;

namespace HttpCaching.DependencyInjection;

/// <summary>The registration of the store in memory that caches use while no default store is chosen.</summary>
internal sealed class UnchosenStore() : ServiceDescriptor(typeof(IHttpCacheStore), Make, ServiceLifetime.Singleton)
{
    private static MemoryHttpCacheStore Make(IServiceProvider provider)
    {
        var options = new MemoryHttpCacheStoreOptions();
        options.TimeProvider = provider.GetService<TimeProvider>() ?? options.TimeProvider;
        return new MemoryHttpCacheStore(options);
    }
}
