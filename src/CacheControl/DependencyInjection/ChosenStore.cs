using Microsoft.Extensions.DependencyInjection;

namespace HttpCaching.DependencyInjection;

/// <summary>The registration of a store by a builder, which can be told from others by its words.</summary>
internal sealed class ChosenStore : ServiceDescriptor
{
    /// <summary>Registers a default store.</summary>
    public ChosenStore(string words, Func<IServiceProvider, IHttpCacheStore> make)
        : base(typeof(IHttpCacheStore), make, ServiceLifetime.Singleton) => Words = words;

    /// <summary>Registers a store of one client.</summary>
    public ChosenStore(string client, string words, Func<IServiceProvider, IHttpCacheStore> make)
        : base(typeof(IHttpCacheStore), client, (provider, _) => make(provider), ServiceLifetime.Singleton) => Words = words;

    /// <summary>The call that chose the store, for error messages.</summary>
    public string Words { get; }
}
