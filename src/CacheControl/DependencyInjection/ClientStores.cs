using Microsoft.Extensions.DependencyInjection;

namespace HttpCaching.DependencyInjection;

/// <summary>Finds the store of a cache: the client's own, or else the default one.</summary>
internal static class ClientStores
{
    /// <summary>The store that a cache uses, with the memory in front of it.</summary>
    /// <param name="provider">The services.</param>
    /// <param name="client">The client; null for the default store.</param>
    public static IHttpCacheStore Of(IServiceProvider provider, string? client) => TierOf(provider, client)?.Store ?? BackOf(provider, client);

    /// <summary>The memory in front of the store, or null. The default one is in front of the default store only.</summary>
    public static MemoryTier? TierOf(IServiceProvider provider, string? client) =>
        client is null ? provider.GetService<MemoryTier>()
        : provider.GetKeyedService<MemoryTier>(client) ?? (OwnOf(provider, client) is null ? provider.GetService<MemoryTier>() : null);

    /// <summary>The store without the memory in front of it.</summary>
    public static IHttpCacheStore BackOf(IServiceProvider provider, string? client) => OwnOf(provider, client) ?? DefaultOf(provider);

    /// <summary>The store that is the client's alone, or null.</summary>
    public static IHttpCacheStore? OwnOf(IServiceProvider provider, string? client) => client is null ? null : provider.GetKeyedService<IHttpCacheStore>(client);

    private static IHttpCacheStore DefaultOf(IServiceProvider provider)
    {
        provider.GetRequiredService<StoreRegistrations>().ThrowIfDefaultIsUncertain();
        return provider.GetRequiredService<IHttpCacheStore>();
    }
}
