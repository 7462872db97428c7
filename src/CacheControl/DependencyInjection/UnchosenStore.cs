using Microsoft.Extensions.DependencyInjection;

namespace HttpCaching.DependencyInjection;

/// <summary>The registration of the store in memory that caches use while no default store is chosen.</summary>
internal sealed class UnchosenStore() : ServiceDescriptor(typeof(IHttpCacheStore), Make, ServiceLifetime.Singleton)
{
    private static MemoryHttpCacheStore Make(IServiceProvider provider) =>
        new(new MemoryHttpCacheStoreOptions { TimeProvider = provider.GetService<TimeProvider>() ?? TimeProvider.System });
}
