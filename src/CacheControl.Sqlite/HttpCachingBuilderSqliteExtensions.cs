using HttpCaching;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps caches in SQLite files.</summary>
public static class HttpCachingBuilderSqliteExtensions
{
    /// <summary>Keeps stored responses in a SQLite file, which other processes may share. See <see cref="HttpCachingBuilderStoreExtensions.UseStore"/> for the difference between all clients and one.</summary>
    /// <typeparam name="TBuilder">The builder's type.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="path">The file; made if it is missing. The store opens it when the first client is made; <see cref="SqliteHttpCacheStore(string, SqliteHttpCacheStoreOptions)"/> lists the refused paths.</param>
    /// <param name="configure">Sets options.</param>
    public static TBuilder UseSqlite<TBuilder>(this TBuilder builder, string path, Action<SqliteHttpCacheStoreOptions>? configure = null)
        where TBuilder : HttpCachingBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return builder.UseStore($"UseSqlite(\"{path}\")", provider =>
        {
            var options = new SqliteHttpCacheStoreOptions();
            options.TimeProvider = provider.GetService<TimeProvider>() ?? options.TimeProvider;
            options.Logger = provider.GetService<ILoggerFactory>()?.CreateLogger<SqliteHttpCacheStore>();
            configure?.Invoke(options);
            return new SqliteHttpCacheStore(path, options);
        });
    }
}
