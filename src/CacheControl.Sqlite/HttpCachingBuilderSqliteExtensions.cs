using HttpCaching;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps caches in SQLite files.</summary>
public static class HttpCachingBuilderSqliteExtensions
{
    /// <summary>Keeps stored responses in a SQLite file, which other processes may share. Replaces the store that was registered before.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="path">The file; made if it is missing. The store opens it when the first client is made; <see cref="SqliteHttpCacheStore(string, SqliteHttpCacheStoreOptions)"/> lists the refused paths.</param>
    /// <param name="configure">Sets options.</param>
    public static HttpCachingBuilder UseSqlite(this HttpCachingBuilder builder, string path, Action<SqliteHttpCacheStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        builder.Services.Replace(ServiceDescriptor.Singleton<IHttpCacheStore>(provider =>
        {
            var options = new SqliteHttpCacheStoreOptions();
            options.TimeProvider = provider.GetService<TimeProvider>() ?? options.TimeProvider;
            options.Logger = provider.GetService<ILoggerFactory>()?.CreateLogger<SqliteHttpCacheStore>();
            configure?.Invoke(options);
            return new SqliteHttpCacheStore(path, options);
        }));
        return builder;
    }
}
