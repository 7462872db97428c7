using HttpCaching;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps caches on disk.</summary>
public static class HttpCachingBuilderFileExtensions
{
    /// <summary>
    /// Keeps stored responses in a directory, which other processes and other clients may share. See <see cref="HttpCachingBuilderStoreExtensions.UseStore"/> for the difference between all
    /// clients and one.
    /// </summary>
    /// <typeparam name="TBuilder">The builder's type.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="path">The directory; made if it is missing. Opened when the first client is made: see <see cref="FileHttpCacheStore(string, FileHttpCacheStoreOptions)"/> for what is refused then.</param>
    /// <param name="configure">Sets options.</param>
    public static TBuilder UseFileSystem<TBuilder>(this TBuilder builder, string path, Action<FileHttpCacheStoreOptions>? configure = null)
        where TBuilder : HttpCachingBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return builder.UseStore($"UseFileSystem(\"{path}\")", provider =>
        {
            var options = new FileHttpCacheStoreOptions();
            options.TimeProvider = provider.GetService<TimeProvider>() ?? options.TimeProvider;
            options.Logger = provider.GetService<ILoggerFactory>()?.CreateLogger<FileHttpCacheStore>();
            configure?.Invoke(options);
            return new FileHttpCacheStore(path, options);
        });
    }
}
