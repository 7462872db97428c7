using Microsoft.Extensions.Logging;

namespace HttpCaching.Sqlite.Engine;

/// <summary>The messages of the SQLite store. The cache logs the exceptions that the store throws. Ids and names are a contract.</summary>
internal static partial class SqliteStoreLog
{
    public const int DamagedId = 40;
    public const int MaintenanceFailedId = 41;
    public const int SetAsideId = 42;
    public const int BegunAnewId = 43;

    [LoggerMessage(DamagedId, LogLevel.Warning, "A stored response is damaged; it is a miss and is removed", EventName = "StoredResponseDamaged")]
    public static partial void Damaged(ILogger logger);

    [LoggerMessage(MaintenanceFailedId, LogLevel.Warning, "Background maintenance of the cache file failed; the store will try again", EventName = "StoreMaintenanceFailed")]
    public static partial void MaintenanceFailed(ILogger logger, Exception exception);

    [LoggerMessage(SetAsideId, LogLevel.Warning, "The cache file is damaged; the store keeps it with the extension .damaged, and begins another one", EventName = "CacheFileSetAside")]
    public static partial void SetAside(ILogger logger);

    [LoggerMessage(BegunAnewId, LogLevel.Information, "An older version of the library wrote the cache file; the store deletes it and begins another one", EventName = "CacheFileBegunAnew")]
    public static partial void BegunAnew(ILogger logger);
}
