using Microsoft.Extensions.Logging;

namespace HttpCaching.Diagnostics;

/// <summary>
/// Every message of the library. Ids and names are a contract. URIs are logged without userinfo, query and fragment;
/// field values, keys and bodies never are.
/// </summary>
internal static partial class Log
{
    public const int AnsweredId = 1;
    public const int NotStoredId = 2;
    public const int StoredId = 3;
    public const int StoreFaultId = 10;
    public const int StoreLostId = 11;
    public const int StoreCircuitOpenedId = 12;
    public const int StoreCircuitClosedId = 13;
    public const int FlightFaultId = 14;
    public const int UndecodableId = 15;
    public const int PendingRemovalsNotWrittenId = 16;
    public const int BackgroundFailedId = 20;
    public const int ResentId = 21;
    public const int RedirectedBelowId = 30;
    public const int DecodedBelowId = 31;
    public const int CredentialsBelowId = 32;
    public const int RuleFailedId = 33;
    public const int PrimaryInUseId = 34;
    public const int NotModifiedUnaskedId = 36;
    public const int RulesKeptId = 37;
    public const int RulesReloadedId = 38;
    public const int ObserverBehindId = 39;
    public const int OrderNotCheckedId = 40;
    public const int CookiesBelowId = 41;
    public const int UserFieldsBelowId = 42;

    [LoggerMessage(AnsweredId, LogLevel.Debug, "{Method} {Uri}: {Status}", EventName = "Answered")]
    public static partial void Answered(ILogger logger, string method, string uri, CacheStatus status);

    [LoggerMessage(NotStoredId, LogLevel.Debug, "{Method} {Uri}: not stored after all: {Text} ({Reason})", EventName = "NotStored")]
    public static partial void NotStored(ILogger logger, string method, string uri, string text, NotStoredReason reason);

    [LoggerMessage(StoredId, LogLevel.Debug, "{Uri}: stored, {Bytes} bytes", EventName = "Stored")]
    public static partial void Stored(ILogger logger, string uri, long bytes);

    [LoggerMessage(StoreFaultId, LogLevel.Warning, "The store failed to {Operation}; the request continues without the store", EventName = "StoreFault")]
    public static partial void StoreFault(ILogger logger, Exception exception, string operation);

    [LoggerMessage(StoreLostId, LogLevel.Debug, "{Uri}: {What} lost to another writer or an invalidation", EventName = "StoreLost")]
    public static partial void StoreLost(ILogger logger, string uri, string what);

    [LoggerMessage(StoreCircuitOpenedId, LogLevel.Warning, "The store keeps failing: the circuit is open, and requests continue without the store for a pause", EventName = "StoreCircuitOpened")]
    public static partial void StoreCircuitOpened(ILogger logger);

    [LoggerMessage(StoreCircuitClosedId, LogLevel.Information, "The store works again: the circuit is closed", EventName = "StoreCircuitClosed")]
    public static partial void StoreCircuitClosed(ILogger logger);

    [LoggerMessage(FlightFaultId, LogLevel.Warning, "The flights between processes failed to {Operation}; each request asks the origin itself", EventName = "FlightFault")]
    public static partial void FlightFault(ILogger logger, Exception exception, string operation);

    [LoggerMessage(UndecodableId, LogLevel.Warning, "{Uri}: the body can't be decoded by its Content-Encoding; the stored responses of the URI are removed", EventName = "Undecodable")]
    public static partial void Undecodable(ILogger logger, string uri);

    [LoggerMessage(PendingRemovalsNotWrittenId, LogLevel.Warning, "Pending removals can't be written to '{Directory}': if this process ends, they are lost. Make room there, or give the process the right to write. Logged once", EventName = "PendingRemovalsNotWritten")]
    public static partial void PendingRemovalsNotWritten(ILogger logger, Exception exception, string directory);

    [LoggerMessage(BackgroundFailedId, LogLevel.Debug, "{Uri}: validation in the background failed", EventName = "BackgroundFailed")]
    public static partial void BackgroundFailed(ILogger logger, Exception exception, string uri);

    [LoggerMessage(ResentId, LogLevel.Debug, "{Uri}: the 304 selects no stored response; the request is sent again without conditions", EventName = "Resent")]
    public static partial void Resent(ILogger logger, string uri);

    [LoggerMessage(RedirectedBelowId, LogLevel.Warning, "A handler below the cache follows redirects, so responses to redirected requests are not stored. Use AddHttpCaching on the client's builder, or set AllowAutoRedirect to false on the primary handler", EventName = "RedirectedBelow")]
    public static partial void RedirectedBelow(ILogger logger);

    [LoggerMessage(DecodedBelowId, LogLevel.Warning, "A handler below the cache decompresses bodies, so ranges can't be served from stored responses. Use AddHttpCaching on the client's builder, or set AutomaticDecompression to None on the primary handler", EventName = "DecodedBelow")]
    public static partial void DecodedBelow(ILogger logger);

    [LoggerMessage(CredentialsBelowId, LogLevel.Warning, "A handler below the cache adds or replaces Authorization, so the cache can't tell users apart. Put that handler above the cache, or set a partition", EventName = "CredentialsBelow")]
    public static partial void CredentialsBelow(ILogger logger);

    [LoggerMessage(RuleFailedId, LogLevel.Warning, "{Rule} of the application threw; {Consequence}. Logged once for each kind of rule", EventName = "RuleFailed")]
    public static partial void RuleFailed(ILogger logger, Exception exception, string rule, string consequence);

    [LoggerMessage(PrimaryInUseId, LogLevel.Warning, "A primary handler was in use before its cache's pipeline was made, so redirects and decompression stay below the cache. Give each client a primary handler of its own", EventName = "PrimaryInUse")]
    public static partial void PrimaryInUse(ILogger logger);

    [LoggerMessage(OrderNotCheckedId, LogLevel.Debug, "The order of the handlers of client '{Client}' is not checked: they could not be made", EventName = "OrderNotChecked")]
    public static partial void OrderNotChecked(ILogger logger, Exception exception, string client);

    [LoggerMessage(CookiesBelowId, LogLevel.Information, "Client '{Client}': the primary handler keeps cookies (UseCookies), which the cache does not see. If the origin sets cookies, set UseCookies to false, or SingleUser if all requests are one user's", EventName = "CookiesBelow")]
    public static partial void CookiesBelow(ILogger logger, string client);

    [LoggerMessage(UserFieldsBelowId, LogLevel.Information, "Client '{Client}': {Handler} is below the cache, which does not see the fields that it adds. If they differ between users or tenants, add the handler before AddHttpCaching() and its fields to Keys.Fields, or set PartitionSelector", EventName = "UserFieldsBelow")]
    public static partial void UserFieldsBelow(ILogger logger, string client, string handler);

    [LoggerMessage(NotModifiedUnaskedId, LogLevel.Warning, "{Uri}: the origin answered 304 (Not Modified) to a request without conditions; the caller gets the 304 unchanged. Repair the origin, or the handler below the cache that adds a condition", EventName = "NotModifiedUnasked")]
    public static partial void NotModifiedUnasked(ILogger logger, string uri);

    [LoggerMessage(RulesKeptId, LogLevel.Error, "The configuration was reloaded and is wrong, so the cache keeps the rules that it has. Correct it: {Errors}", EventName = "RulesKept")]
    public static partial void RulesKept(ILogger logger, string errors);

    [LoggerMessage(RulesReloadedId, LogLevel.Information, "The configuration was reloaded: {Count} rules hold from now on", EventName = "RulesReloaded")]
    public static partial void RulesReloaded(ILogger logger, int count);

    [LoggerMessage(ObserverBehindId, LogLevel.Warning, "{Observer} is slower than the events come: the oldest are dropped and counted. Logged once for each observer", EventName = "ObserverBehind")]
    public static partial void ObserverBehind(ILogger logger, string observer);

    /// <summary>A URI as it may be logged: without userinfo, query and fragment, which may hold secrets.</summary>
    public static string Loggable(string uri)
    {
        var end = uri.AsSpan().IndexOfAny('?', '#');
        return end < 0 ? uri : uri[..end];
    }
}
