using System.Diagnostics.CodeAnalysis;
using HttpCaching;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Gives typed clients caches that are services under the client's type.</summary>
public static class HttpCachingTypedClientExtensions
{
    /// <summary>Gives the client the cache of <c>AddHttpCaching()</c>, and registers it as <see cref="IHttpCache{TClient}"/>.</summary>
    /// <typeparam name="TClient">The typed client.</typeparam>
    /// <param name="builder">The client's builder.</param>
    /// <exception cref="ArgumentException">The builder is that of all clients, within <c>ConfigureHttpClientDefaults</c>.</exception>
    public static HttpCachingClientBuilder AddHttpCaching<TClient>(this IHttpClientBuilder builder)
        where TClient : class => builder.AddHttpCaching<TClient>(null);

    /// <summary>Gives the client the cache of <c>AddHttpCaching()</c>, and registers it as <see cref="IHttpCache{TClient}"/>.</summary>
    /// <typeparam name="TClient">The typed client.</typeparam>
    /// <param name="builder">The client's builder.</param>
    /// <param name="configure">Sets options; validated when the host starts, or else when the client is made.</param>
    /// <exception cref="ArgumentException">The builder is that of all clients, within <c>ConfigureHttpClientDefaults</c>.</exception>
    public static HttpCachingClientBuilder AddHttpCaching<TClient>(this IHttpClientBuilder builder, Action<HttpCacheOptions>? configure)
        where TClient : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.Name is not { } name)
        {
            throw new ArgumentException($"The builder is that of all clients; call AddHttpCaching<{typeof(TClient).Name}>() on the builder of one client.", nameof(builder));
        }

        builder.Services.Replace(ServiceDescriptor.Singleton<IHttpCache<TClient>>(provider => new ClientCache<TClient>(provider.GetRequiredKeyedService<IHttpCache>(name))));
        return builder.AddHttpCaching(configure);
    }

    /// <summary>
    /// Gives the client of <c>AddHttpClient&lt;TClient&gt;()</c> the cache of <c>AddHttpCaching()</c>, and registers it as <see cref="IHttpCache{TClient}"/>. If the client is
    /// registered under a name of its own, call <c>AddHttpCaching&lt;TClient&gt;()</c> on its builder instead.
    /// </summary>
    /// <typeparam name="TClient">The typed client, as it is registered.</typeparam>
    /// <param name="services">The services.</param>
    public static HttpCachingClientBuilder AddHttpCaching<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TClient>(this IServiceCollection services)
        where TClient : class => services.AddHttpCaching<TClient>(null);

    /// <summary>
    /// Gives the client of <c>AddHttpClient&lt;TClient&gt;()</c> the cache of <c>AddHttpCaching()</c>, and registers it as <see cref="IHttpCache{TClient}"/>. If the client is
    /// registered under a name of its own, call <c>AddHttpCaching&lt;TClient&gt;()</c> on its builder instead.
    /// </summary>
    /// <typeparam name="TClient">The typed client, as it is registered.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets options; validated when the host starts, or else when the client is made.</param>
    public static HttpCachingClientBuilder AddHttpCaching<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TClient>(
        this IServiceCollection services, Action<HttpCacheOptions>? configure)
        where TClient : class
    {
        ArgumentNullException.ThrowIfNull(services);

        // The platform makes the name of the type, in a way that it does not tell.
        var name = new ServiceCollection().AddHttpClient<TClient>().Name;
        return services.AddHttpClient(name).AddHttpCaching<TClient>(configure);
    }
}
