using HttpCaching;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps caches on disk.</summary>
public static class HttpCachingBuilderFileExtensions
{
    /// <summary>Keeps what is stored in a directory, which other processes may share. Takes the place of the store that was registered before.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="path">The directory; made if it is missing. Opened when the first client is made: see <see cref="FileHttpCacheStore(string, FileHttpCacheStoreOptions)"/> for what is refused then.</param>
    /// <param name="configure">Sets options.</param>
    public static HttpCachingBuilder UseFileSystem(this HttpCachingBuilder builder, string path, Action<FileHttpCacheStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        builder.Services.Replace(ServiceDescriptor.Singleton<IHttpCacheStore>(provider =>
        {
            var options = new FileHttpCacheStoreOptions();
            options.TimeProvider = provider.GetService<TimeProvider>() ?? options.TimeProvider;
            options.Logger = provider.GetService<ILoggerFactory>()?.CreateLogger<FileHttpCacheStore>();
            configure?.Invoke(options);
            return new FileHttpCacheStore(path, options);
        }));
        return builder;
    }
}
