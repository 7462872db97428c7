using HttpCaching;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps caches on disk, encrypted.</summary>
public static class HttpCachingBuilderDataProtectionExtensions
{
    /// <summary>
    /// Keeps what is stored in a directory, encrypted with a key that the registered Data Protection protects: see <see cref="ProtectedFileStore.Open"/>. Takes the place of the
    /// store that was registered before. Registers Data Protection with its defaults if the application has not; one that runs on several machines or in a container
    /// has to say where its keys are kept, or else they are lost with it, and what is stored too.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="path">The directory; made if it is missing. Opened when the first client is made.</param>
    /// <param name="configure">Sets options.</param>
    public static HttpCachingBuilder UseProtectedFileSystem(this HttpCachingBuilder builder, string path, Action<FileHttpCacheStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        builder.Services.AddDataProtection();
        builder.Services.Replace(ServiceDescriptor.Singleton<IHttpCacheStore>(provider =>
        {
            var options = new FileHttpCacheStoreOptions();
            options.TimeProvider = provider.GetService<TimeProvider>() ?? options.TimeProvider;
            configure?.Invoke(options);
            return ProtectedFileStore.Open(
                path, provider.GetRequiredService<IDataProtectionProvider>(), options, provider.GetService<ILoggerFactory>()?.CreateLogger("CacheControl"));
        }));
        return builder;
    }
}
