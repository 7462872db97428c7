namespace HttpCaching.Policy;

/// <summary>Properties of status codes that the rules need (RFC 9110 §15.1).</summary>
internal static class StatusRules
{
    /// <summary>Whether a response of this status may be given a heuristic lifetime without further permission (RFC 9110 §15.1, RFC 7725 §3).</summary>
    public static bool IsHeuristicallyCacheable(int status) =>
        status is 200 or 203 or 204 or 206 or 300 or 301 or 308 or 404 or 405 or 410 or 414 or 451 or 501;

    /// <summary>Whether this cache implements what the status means, as must-understand asks (RFC 9111 §5.2.2.3).</summary>
    public static bool IsUnderstood(int status) => status is
        >= 200 and <= 206 or >= 300 and <= 305 or 307 or 308
        or >= 400 and <= 417 or 421 or 422 or 425 or 426 or 428 or 429 or 431 or 451
        or >= 500 and <= 505 or 511;

    /// <summary>Whether the status says that the condition lies in the client, the network or the moment, not in the resource (RFC 6585; RFC 9111 §7.1).</summary>
    public static bool IsNeverStored(int status, bool hasExplicitFreshness) => status switch
    {
        < 200 or > 599 => true,
        304 => true,
        428 or 429 or 431 or 511 => true,
        401 or 407 or 412 or 416 or 417 => true,
        400 or 413 => !hasExplicitFreshness,
        _ => false,
    };

    /// <summary>Whether a validation that ends so is a failure that stale-if-error covers (RFC 5861 §4).</summary>
    public static bool IsErrorForStale(int status) => status is 500 or 502 or 503 or 504;
}
