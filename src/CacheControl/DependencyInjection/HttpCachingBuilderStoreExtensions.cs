using HttpCaching;
using HttpCaching.DependencyInjection;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Chooses stores: the call for packages and applications with a store of their own, and the store in memory.</summary>
public static class HttpCachingBuilderStoreExtensions
{
    /// <summary>
    /// Chooses a store: the default one on the builder of <c>services.AddHttpCaching()</c>, and a store for one client alone on the client's builder. The container makes it
    /// once, at the first use, and disposes it. Two default stores, or two stores of one client, are an error when the host starts, or else when the first client is made.
    /// </summary>
    /// <typeparam name="TBuilder">The builder's type.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="description">The choice in a few words for the messages of errors, such as <c>UseFileSystem("cache")</c>. No secrets.</param>
    /// <param name="factory">Makes the store.</param>
    public static TBuilder UseStore<TBuilder>(this TBuilder builder, string description, Func<IServiceProvider, IHttpCacheStore> factory)
        where TBuilder : HttpCachingBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(description);
        ArgumentNullException.ThrowIfNull(factory);
        if (builder.Client is { } client)
        {
            builder.Services.Add(new ChosenStore(client, description, factory));
            return builder;
        }

        if (builder.Services.FirstOrDefault(service => service is UnchosenStore) is { } unchosen)
        {
            builder.Services.Remove(unchosen);
        }

        builder.Services.Add(new ChosenStore(description, factory));
        return builder;
    }

    /// <summary>Keeps stored responses in memory. See <see cref="UseStore"/> for the difference between all clients and one.</summary>
    /// <typeparam name="TBuilder">The builder's type.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets options; they are checked when the first client is made.</param>
    public static TBuilder UseMemory<TBuilder>(this TBuilder builder, Action<MemoryHttpCacheStoreOptions>? configure = null)
        where TBuilder : HttpCachingBuilder => builder.UseStore("UseMemory()", provider =>
        {
            var options = new MemoryHttpCacheStoreOptions();
            options.TimeProvider = provider.GetService<TimeProvider>() ?? options.TimeProvider;
            configure?.Invoke(options);
            return new MemoryHttpCacheStore(options);
        });
}
