
namespace HttpCaching.StressHost;

/// <summary>The store that a directory argument names: a file store, one that waits for the disk behind the prefix "fsync:", or a SQLite file behind the prefix "sqlite:".</summary>
internal static class StressStore
{
    private const string SqlitePrefix = "sqlite:";
    private const string FsyncPrefix = "fsync:";

    /// <summary>Opens the store with the limits of <paramref name="options"/>; the caller disposes it.</summary>
    public static IHttpCacheStore Open(string target, FileHttpCacheStoreOptions options) => IsSqlite(target, out var path)
        ? new SqliteHttpCacheStore(path, new SqliteHttpCacheStoreOptions { MaximumBytes = options.MaximumBytes, MaximumEntryBytes = options.MaximumEntryBytes })
        : new FileHttpCacheStore(WithFsync(target, options), options);

    /// <summary>Whether the target is a SQLite file.</summary>
    public static bool IsSqlite(string target, out string path)
    {
        var isSqlite = target.StartsWith(SqlitePrefix, StringComparison.Ordinal);
        path = isSqlite ? target[SqlitePrefix.Length..] : target;
        return isSqlite;
    }

    private static string WithFsync(string target, FileHttpCacheStoreOptions options)
    {
        options.Fsync = target.StartsWith(FsyncPrefix, StringComparison.Ordinal);
        return options.Fsync ? target[FsyncPrefix.Length..] : target;
    }
}
