namespace HttpCaching;

/// <summary>The rule that decided what became of a request. Used alike by logs, metrics, Cache-Status and tests; the names are a contract.</summary>
public enum CacheReason
{
    /// <summary>The stored response is fresh (RFC 9111 §4.2).</summary>
    Fresh,

    /// <summary>The stored response is fresh and immutable, so a soft reload uses it (RFC 8246 §2).</summary>
    Immutable,

    /// <summary>Stale within the request's max-stale (RFC 9111 §5.2.1.2).</summary>
    MaxStale,

    /// <summary>Stale within stale-while-revalidate; a validation runs in the background (RFC 5861 §3).</summary>
    StaleWhileRevalidate,

    /// <summary>Stale, and the origin failed within stale-if-error (RFC 5861 §4).</summary>
    StaleIfError,

    /// <summary>Stale, and the origin can't be reached (RFC 9111 §4.2.4).</summary>
    Disconnected,

    /// <summary>Stale, and the request's mode takes it so.</summary>
    ForceCache,

    /// <summary>Fresh, but near the end of its lifetime; a validation runs in the background.</summary>
    EagerRefresh,

    /// <summary>Stale, and the origin took longer than the soft timeout; the validation goes on in the background.</summary>
    SoftTimeout,

    /// <summary>Stale, and the origin failed a moment ago; it is not asked again yet.</summary>
    ValidationPaused,

    /// <summary>The origin asked not to be asked before a time that has not come (RFC 9110 §10.2.3).</summary>
    RetryAfter,

    /// <summary>The origin confirmed the stored response (RFC 9111 §4.3.3).</summary>
    Validated,

    /// <summary>The URI is not an absolute http or https URI.</summary>
    UnsupportedTarget,

    /// <summary>The method is never answered from the cache.</summary>
    Method,

    /// <summary>The request carries content that its method gives no meaning to (RFC 9110 §9.3.1).</summary>
    RequestContent,

    /// <summary>The request asks a server to treat it as another method.</summary>
    MethodOverride,

    /// <summary>The request asks to change the protocol.</summary>
    Upgrade,

    /// <summary>The request has If-Match or If-Unmodified-Since, which only the origin can judge (RFC 9111 §4.3.2).</summary>
    StatePrecondition,

    /// <summary>The request has a Range in a unit other than bytes, or one that a part can't be cut for.</summary>
    RangeNotServed,

    /// <summary>The request says no-store (RFC 9111 §5.2.1.5), or its mode does.</summary>
    RequestNoStore,

    /// <summary>The request's mode fetches without a lookup.</summary>
    Reload,

    /// <summary>The cache could not be read.</summary>
    StoreUnavailable,

    /// <summary>Nothing is stored under the key.</summary>
    NothingStored,

    /// <summary>No stored variant fits the request (RFC 9111 §4.1).</summary>
    NoVariantStored,

    /// <summary>The request says no-cache (RFC 9111 §5.2.1.4), or its mode does.</summary>
    RequestNoCache,

    /// <summary>The age exceeds the request's max-age (RFC 9111 §5.2.1.1).</summary>
    RequestMaxAge,

    /// <summary>The remaining freshness is below the request's min-fresh (RFC 9111 §5.2.1.3).</summary>
    RequestMinFresh,

    /// <summary>The stored response says no-cache (RFC 9111 §5.2.2.4).</summary>
    ResponseNoCache,

    /// <summary>The stored response was marked for validation (RFC 9111 §4.3.5).</summary>
    MarkedForValidation,

    /// <summary>The clock stands a second or more before the receipt of the stored response.</summary>
    ClockBehind,

    /// <summary>The stored response is stale.</summary>
    Stale,

    /// <summary>Only a part of the representation is stored (RFC 9111 §3.3).</summary>
    Incomplete,

    /// <summary>Only a stored response was wanted, and none could be used (RFC 9111 §5.2.1.7).</summary>
    OnlyIfCached,

    /// <summary>A function of the application that makes the key has thrown: the request bypasses the cache.</summary>
    KeyUnavailable,
}
