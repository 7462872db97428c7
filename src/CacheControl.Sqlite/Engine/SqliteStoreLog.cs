using Microsoft.Extensions.Logging;

namespace HttpCaching.Sqlite.Engine;

/// <summary>The messages of the SQLite store. What it throws is logged by the cache that asked. Ids and names are a contract.</summary>
internal static partial class SqliteStoreLog
{
    public const int DamagedId = 40;
    public const int MaintenanceFailedId = 41;
    public const int SetAsideId = 42;
    public const int BegunAnewId = 43;

    [LoggerMessage(DamagedId, LogLevel.Warning, "A stored response is damaged; it counts as missing and is removed", EventName = "StoredResponseDamaged")]
    public static partial void Damaged(ILogger logger);

    [LoggerMessage(MaintenanceFailedId, LogLevel.Warning, "What the cache file needs beside the requests failed; it is tried again some time", EventName = "StoreMaintenanceFailed")]
    public static partial void MaintenanceFailed(ILogger logger, Exception exception);

    [LoggerMessage(SetAsideId, LogLevel.Warning, "The cache file is damaged; it is kept with the extension .damaged, and another one is begun", EventName = "CacheFileSetAside")]
    public static partial void SetAside(ILogger logger);

    [LoggerMessage(BegunAnewId, LogLevel.Information, "The cache file is of an older version of the library; it is begun anew", EventName = "CacheFileBegunAnew")]
    public static partial void BegunAnew(ILogger logger);
}
