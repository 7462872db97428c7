using HttpCaching;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps caches in SQLite files.</summary>
public static class HttpCachingBuilderSqliteExtensions
{
    /// <summary>Keeps what is stored in a SQLite file, which other processes may share. Takes the place of the store that was registered before.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="path">The file; made if it is missing. Opened when the first client is made: see <see cref="SqliteHttpCacheStore(string, SqliteHttpCacheStoreOptions)"/> for what is refused then.</param>
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
