using Microsoft.Extensions.DependencyInjection;

namespace HttpCaching.DependencyInjection;

/// <summary>The registration of the store in memory that caches use while no default store is chosen.</summary>
internal sealed class UnchosenStore() : ServiceDescriptor(typeof(IHttpCacheStore), static _ => new MemoryHttpCacheStore(), ServiceLifetime.Singleton);
