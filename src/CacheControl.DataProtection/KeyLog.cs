using Microsoft.Extensions.Logging;

namespace HttpCaching.DataProtection;

/// <summary>The log messages. Ids and names are a contract.</summary>
internal static partial class KeyLog
{
    public const int KeyUnreadableId = 40;
    public const int KeyNotRenewedId = 41;

    [LoggerMessage(KeyUnreadableId, LogLevel.Warning, "No key of the cache can be unprotected, so a new key was made. Responses stored with the other keys are misses until their keys of Data Protection are back.")]
    public static partial void KeyUnreadable(ILogger logger, Exception? exception);

    [LoggerMessage(KeyNotRenewedId, LogLevel.Warning, "The cache's key is protected with an old key, and could not be protected again with the new one.")]
    public static partial void KeyNotRenewed(ILogger logger, Exception exception);
}
