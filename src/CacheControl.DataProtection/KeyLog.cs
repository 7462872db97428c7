using Microsoft.Extensions.Logging;

namespace HttpCaching.DataProtection;

/// <summary>The log messages. Ids and names are a contract.</summary>
internal static partial class KeyLog
{
    public const int KeyUnreadableId = 40;
    public const int KeyNotRenewedId = 41;

    [LoggerMessage(KeyUnreadableId, LogLevel.Warning, "No key of the cache can be unprotected: a new one has been made. What was stored with the others is a miss for as long as their keys of Data Protection are missing.")]
    public static partial void KeyUnreadable(ILogger logger, Exception? exception);

    [LoggerMessage(KeyNotRenewedId, LogLevel.Warning, "The cache's key is protected with an old key and could not be protected anew.")]
    public static partial void KeyNotRenewed(ILogger logger, Exception exception);
}
