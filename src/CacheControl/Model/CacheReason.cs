namespace HttpCaching;

/// <summary>The rule that decided what became of a request. Used alike by logs, metrics, Cache-Status and tests; the names are a contract.</summary>
public enum CacheReason
{
    /// <summary>The stored response is fresh (RFC 9111 §4.2).</summary>
    /// <remarks>Nothing: this is a hit.</remarks>
    Fresh,

    /// <summary>The stored response is fresh and immutable, so a soft reload uses it (RFC 8246 §2).</summary>
    /// <remarks>Nothing: this is a hit.</remarks>
    Immutable,

    /// <summary>Stale within the request's max-stale (RFC 9111 §5.2.1.2).</summary>
    /// <remarks>Remove <c>max-stale</c> from the request to have the origin asked.</remarks>
    MaxStale,

    /// <summary>Stale within stale-while-revalidate; a validation runs in the background (RFC 5861 §3).</summary>
    /// <remarks>Nothing: the next request gets the validated response.</remarks>
    StaleWhileRevalidate,

    /// <summary>Stale, and the origin failed within stale-if-error (RFC 5861 §4).</summary>
    /// <remarks>Look for the fault at the origin.</remarks>
    StaleIfError,

    /// <summary>Stale, and the origin can't be reached (RFC 9111 §4.2.4).</summary>
    /// <remarks>Look for the fault on the way to the origin.</remarks>
    Disconnected,

    /// <summary>Stale, and the request's mode takes it so.</summary>
    /// <remarks>Use another mode to have the origin asked.</remarks>
    ForceCache,

    /// <summary>Fresh, but near the end of its lifetime; a validation runs in the background.</summary>
    /// <remarks>Nothing: this is a hit.</remarks>
    EagerRefresh,

    /// <summary>Stale, and the origin took longer than the soft timeout; the validation goes on in the background.</summary>
    /// <remarks>Nothing: the answer of the origin is stored when it comes.</remarks>
    SoftTimeout,

    /// <summary>Stale, and the origin failed a moment ago; it is not asked again yet.</summary>
    /// <remarks>Look for the fault at the origin. The pause ends by itself.</remarks>
    ValidationPaused,

    /// <summary>The origin asked not to be asked before a time that has not come (RFC 9110 §10.2.3).</summary>
    /// <remarks>Wait: the response says for how long.</remarks>
    RetryAfter,

    /// <summary>The origin confirmed the stored response (RFC 9111 §4.3.3).</summary>
    /// <remarks>Nothing: the body came from the cache. A longer lifetime would save the question.</remarks>
    Validated,

    /// <summary>The method is never answered from the cache.</summary>
    /// <remarks>Use GET or HEAD. For QUERY and POST see the options.</remarks>
    Method,

    /// <summary>The request carries content that its method gives no meaning to (RFC 9110 §9.3.1).</summary>
    /// <remarks>Send the request without content, or use QUERY.</remarks>
    RequestContent,

    /// <summary>The request asks a server to treat it as another method.</summary>
    /// <remarks>Remove the override field and use the method itself.</remarks>
    MethodOverride,

    /// <summary>The request asks to change the protocol.</summary>
    /// <remarks>Remove <c>Upgrade</c> from the request.</remarks>
    Upgrade,

    /// <summary>The request has If-Match or If-Unmodified-Since, which only the origin can judge (RFC 9111 §4.3.2).</summary>
    /// <remarks>Remove the precondition if the request only reads.</remarks>
    StatePrecondition,

    /// <summary>The request has a Range in a unit other than bytes, or one that a part can't be cut for.</summary>
    /// <remarks>Ask for one range in bytes.</remarks>
    RangeNotServed,

    /// <summary>The request says no-store (RFC 9111 §5.2.1.5), or its mode does.</summary>
    /// <remarks>Remove <c>no-store</c> from the request, or choose another mode.</remarks>
    RequestNoStore,

    /// <summary>The request's mode fetches without a lookup.</summary>
    /// <remarks>Choose another mode.</remarks>
    Reload,

    /// <summary>The cache could not be read.</summary>
    /// <remarks>The log has the fault. The cache tries the store again by itself.</remarks>
    StoreUnavailable,

    /// <summary>No stored response fits the request: nothing is stored for its URI, or no variant of it (RFC 9111 §4, §4.1). <see cref="CacheStatus.Forward"/> tells which.</summary>
    /// <remarks>If this repeats for one URI, look at <see cref="CacheStatus.NotStored"/>, <see cref="CacheStatus.VariedField"/> and <see cref="CacheStatus.IsInOtherPartition"/>.</remarks>
    Miss,

    /// <summary>The request says no-cache (RFC 9111 §5.2.1.4), or its mode does.</summary>
    /// <remarks>Remove <c>no-cache</c> from the request, or choose another mode.</remarks>
    RequestNoCache,

    /// <summary>The age exceeds the request's max-age (RFC 9111 §5.2.1.1).</summary>
    /// <remarks>Raise <c>max-age</c> of the request, or remove it.</remarks>
    RequestMaxAge,

    /// <summary>The remaining freshness is below the request's min-fresh (RFC 9111 §5.2.1.3).</summary>
    /// <remarks>Lower <c>min-fresh</c> of the request, or remove it.</remarks>
    RequestMinFresh,

    /// <summary>The stored response says no-cache (RFC 9111 §5.2.2.4).</summary>
    /// <remarks>The origin wants to be asked each time. If it means otherwise, it should send <c>max-age</c>.</remarks>
    ResponseNoCache,

    /// <summary>The stored response was marked for validation (RFC 9111 §4.3.5).</summary>
    /// <remarks>Nothing: a HEAD or an update has said that the stored response may be outdated.</remarks>
    MarkedForValidation,

    /// <summary>The clock stands a second or more before the receipt of the stored response.</summary>
    /// <remarks>Set the clock of the machine.</remarks>
    ClockBehind,

    /// <summary>The freshness lifetime of the stored response has passed (RFC 9111 §4.2).</summary>
    /// <remarks>Have the origin send a longer lifetime, or allow stale responses in the options.</remarks>
    Expired,

    /// <summary>The stored response has no freshness lifetime: it states none, and no rule gives it one (RFC 9111 §4.2.2).</summary>
    /// <remarks>Have the origin send <c>max-age</c> or <c>Expires</c>, or give such responses a lifetime in the options.</remarks>
    NoLifetime,

    /// <summary>Only a part of the representation is stored (RFC 9111 §3.3).</summary>
    /// <remarks>Nothing: the missing bytes are asked for.</remarks>
    Incomplete,

    /// <summary>Only a stored response was wanted, and none could be used (RFC 9111 §5.2.1.7).</summary>
    /// <remarks>Ask without <c>only-if-cached</c> first, so that a response is stored.</remarks>
    OnlyIfCached,

    /// <summary>A function of the application that makes the key has thrown: the request bypasses the cache.</summary>
    /// <remarks>The log has the exception, once for each kind of rule.</remarks>
    KeyUnavailable,

    /// <summary>A rule of the application takes the request past the cache.</summary>
    /// <remarks>Remove <c>Bypass</c> from the rule, or narrow its pattern.</remarks>
    Rule,
}
