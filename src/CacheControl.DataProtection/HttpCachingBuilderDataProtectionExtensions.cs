using HttpCaching;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps caches on disk, encrypted.</summary>
public static class HttpCachingBuilderDataProtectionExtensions
{
    /// <summary>
    /// Keeps stored responses in an encrypted directory. The registered Data Protection protects the key: see <see cref="ProtectedFileStore.Open"/>. See <see cref="HttpCachingBuilderStoreExtensions.UseStore"/> for the difference
    /// between all clients and one. If the application has not registered Data Protection, this method registers it with its defaults. If the application runs on several machines or in a container,
    /// configure where Data Protection keeps its keys. Otherwise the keys are lost with the machine or container, and all stored responses with them.
    /// </summary>
    /// <typeparam name="TBuilder">The builder's type.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="path">The directory; made if it is missing. The store opens it when the first client is made.</param>
    /// <param name="configure">Sets options.</param>
    public static TBuilder UseProtectedFileSystem<TBuilder>(this TBuilder builder, string path, Action<FileHttpCacheStoreOptions>? configure = null)
        where TBuilder : HttpCachingBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        builder.Services.AddDataProtection();
        return builder.UseStore($"UseProtectedFileSystem(\"{path}\")", provider =>
        {
            var options = new FileHttpCacheStoreOptions();
            options.TimeProvider = provider.GetService<TimeProvider>() ?? options.TimeProvider;
            configure?.Invoke(options);
            return ProtectedFileStore.Open(
                path, provider.GetRequiredService<IDataProtectionProvider>(), options, provider.GetService<ILoggerFactory>()?.CreateLogger("CacheControl"));
        });
    }
}
