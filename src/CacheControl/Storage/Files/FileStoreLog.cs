using Microsoft.Extensions.Logging;

namespace HttpCaching.Storage.Files;

/// <summary>The messages of the file store. The cache logs the exceptions that the store throws. Ids and names are a contract.</summary>
internal static partial class FileStoreLog
{
    public const int DamagedId = 40;
    public const int MaintenanceFailedId = 41;

    [LoggerMessage(DamagedId, LogLevel.Warning, "A file of the cache is damaged; its responses are misses, and the file is removed", EventName = "StoredFileDamaged")]
    public static partial void Damaged(ILogger logger);

    [LoggerMessage(MaintenanceFailedId, LogLevel.Warning, "Background maintenance of the cache's directory failed; the store will try again", EventName = "StoreMaintenanceFailed")]
    public static partial void MaintenanceFailed(ILogger logger, Exception exception);
}
