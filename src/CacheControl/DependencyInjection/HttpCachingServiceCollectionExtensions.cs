using System.Diagnostics.Metrics;
using HttpCaching;
using HttpCaching.DependencyInjection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers HTTP caching.</summary>
public static class HttpCachingServiceCollectionExtensions
{
    /// <summary>
    /// Registers the cache that every client with an <c>AddHttpMessageHandler&lt;CachingHandler&gt;()</c> shares: <see cref="CachingHandler"/>,
    /// <see cref="HttpCache"/>, <see cref="IHttpCache"/> and a store in memory, unless an <see cref="IHttpCacheStore"/> is registered or chosen on the returned builder.
    /// </summary>
    /// <param name="services">The services.</param>
    public static HttpCachingBuilder AddHttpCaching(this IServiceCollection services) => services.AddHttpCaching(default(Action<HttpCacheOptions>));

    /// <summary>Registers the cache of <see cref="AddHttpCaching(IServiceCollection)"/> with options.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets options; validated when the host starts, or else when the first client is made.</param>
    public static HttpCachingBuilder AddHttpCaching(this IServiceCollection services, Action<HttpCacheOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        AddOptions(services, Options.Options.DefaultName, configure);
        services.TryAdd(new UnchosenStore());
        services.TryAddSingleton(new StoreRegistrations(services));
        services.TryAddSingleton<CacheFactory>();
        services.TryAddSingleton(provider => provider.GetRequiredService<CacheFactory>().Make(null));
        services.TryAddSingleton<IHttpCache>(provider => provider.GetRequiredService<HttpCache>());
        services.TryAddTransient(provider => new CachingHandler(provider.GetRequiredService<HttpCache>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<HttpClientFactoryOptions>, PipelineSetup>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HandlerOrderOptions>, HandlerOrderCheck>());
        services.AddOptions<HandlerOrderOptions>().ValidateOnStart();
        return new HttpCachingBuilder(services, null);
    }

    /// <summary>Registers the cache of <see cref="AddHttpCaching(IServiceCollection)"/> with options from configuration.</summary>
    /// <param name="services">The services.</param>
    /// <param name="section">
    /// The section whose keys are the names of options, and of groups with options below: <c>StaleIfError</c>, <c>Limits:MaximumUriLength</c>. An unknown key and a value of
    /// another kind are errors when the host starts, or else when the first client is made. A list takes the place of the default one. Options that take objects are set in code.
    /// </param>
    public static HttpCachingBuilder AddHttpCaching(this IServiceCollection services, IConfiguration section) => services.AddHttpCaching(section, null);

    /// <summary>Registers the cache of <see cref="AddHttpCaching(IServiceCollection)"/> with options from configuration.</summary>
    /// <param name="services">The services.</param>
    /// <param name="section">The section whose keys are the names of options: see <see cref="AddHttpCaching(IServiceCollection, IConfiguration)"/>.</param>
    /// <param name="configure">Sets options after that.</param>
    public static HttpCachingBuilder AddHttpCaching(this IServiceCollection services, IConfiguration section, Action<HttpCacheOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        return services.AddHttpCaching(FromConfiguration(section, configure));
    }

    /// <summary>Adds a handler to the pipelines of all clients that <see cref="IHttpClientFactory"/> makes.</summary>
    /// <typeparam name="THandler">The handler; has to be registered as a transient service.</typeparam>
    /// <param name="services">The services.</param>
    public static IServiceCollection AddHttpMessageHandler<THandler>(this IServiceCollection services)
        where THandler : DelegatingHandler
    {
        ArgumentNullException.ThrowIfNull(services);
        if (typeof(THandler) == typeof(CachingHandler))
        {
            services.AddHttpCaching();
        }

        return services.ConfigureHttpClientDefaults(builder => builder.AddHttpMessageHandler<THandler>());
    }

    /// <summary>Sets the options from configuration first, and then as the caller's delegate says.</summary>
    internal static Action<HttpCacheOptions> FromConfiguration(IConfiguration section, Action<HttpCacheOptions>? configure) => options =>
    {
        new ConfigurationReader(options).Read(section);
        configure?.Invoke(options);
    };

    /// <summary>Adds the options of a cache; those of every cache if the name is null.</summary>
    internal static void AddOptions(IServiceCollection services, string? name, Action<HttpCacheOptions>? configure)
    {
        if (name is null && configure is not null)
        {
            InsertDefaults(services, configure);
            return;
        }

        var options = services.AddOptions<HttpCacheOptions>(name);
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HttpCacheOptions>, HttpCacheOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HttpCacheOptions>, StoreRegistrations>(static provider => provider.GetRequiredService<StoreRegistrations>()));
        options.ValidateOnStart();
    }

    /// <summary>
    /// Puts the options of the defaults before those of every client, as the platform does with its own options: whichever call comes first, the client's word is the last.
    /// </summary>
    private static void InsertDefaults(IServiceCollection services, Action<HttpCacheOptions> configure)
    {
        var place = 0;
        while (place < services.Count
            && (services[place].ServiceType != typeof(IConfigureOptions<HttpCacheOptions>)
                || services[place] is { IsKeyedService: false, ImplementationInstance: ConfigureNamedOptions<HttpCacheOptions> { Name: null } }))
        {
            place++;
        }

        services.Insert(place, ServiceDescriptor.Singleton<IConfigureOptions<HttpCacheOptions>>(new ConfigureNamedOptions<HttpCacheOptions>(null, configure)));
    }
}
