namespace HttpCaching;

/// <summary>
/// Why a response from the origin is not stored: the first rule that forbids it (RFC 9111 §3), or the event that ended the storing. Used alike by logs, metrics, Cache-Status and
/// tests; the names are a contract.
/// </summary>
public enum NotStoredReason
{
    /// <summary>The request bypasses the cache.</summary>
    /// <remarks>The reason of the status names the rule. Remove the field or the mode that it names from the request.</remarks>
    Bypassed,

    /// <summary>Responses to the request's method are not stored (RFC 9110 §9.2.3).</summary>
    /// <remarks>Use GET or HEAD. For QUERY and POST see the options of the same names.</remarks>
    Method,

    /// <summary>A handler below the cache followed a redirect, so the response belongs to another URI.</summary>
    /// <remarks>Register the cache with <c>AddHttpCaching</c> on the client's builder, or set <c>AllowAutoRedirect</c> to false on the primary handler.</remarks>
    Redirected,

    /// <summary>The request says no-store, or its mode does (RFC 9111 §5.2.1.5).</summary>
    /// <remarks>Remove <c>no-store</c> from the request.</remarks>
    RequestNoStore,

    /// <summary>A response with this status is no answer that can be used again, or needs a lifetime of its own for that (RFC 9111 §3).</summary>
    /// <remarks>Have the origin send <c>Cache-Control: max-age</c> if the response may be used again. A 304 to the caller's own condition is never stored.</remarks>
    Status,

    /// <summary>The option <c>Store.StatusFilter</c>, or the status codes of a rule, leave the status out.</summary>
    /// <remarks>Change the filter or the rule.</remarks>
    StatusFilter,

    /// <summary>A rule of the application threw.</summary>
    /// <remarks>The log has the exception, once for each kind of rule.</remarks>
    RuleFailed,

    /// <summary>The response says no-store (RFC 9111 §5.2.2.5).</summary>
    /// <remarks>The origin forbids storing. If it means "ask me each time", it should send <c>no-cache</c>.</remarks>
    NoStore,

    /// <summary>The response says must-understand, and the cache does not know the rules of its status (RFC 9111 §5.2.2.3).</summary>
    /// <remarks>Nothing: the origin asks for this.</remarks>
    NotUnderstood,

    /// <summary>The response says private, and the cache is a shared one (RFC 9111 §5.2.2.7).</summary>
    /// <remarks>If the process serves one user, set <c>Kind</c> to <c>Private</c>. Otherwise the origin may send <c>public</c> for what all users may have.</remarks>
    Private,

    /// <summary>The request carries credentials, the cache is a shared one, and nothing in the response opens it to other users (RFC 9111 §3.5).</summary>
    /// <remarks>Have the origin send <c>public</c>, <c>s-maxage</c> or <c>must-revalidate</c>, or set <c>Kind</c> to <c>Private</c>.</remarks>
    Authorization,

    /// <summary>The response sets a cookie, the cache is a shared one, and nothing in the response opens it to other users.</summary>
    /// <remarks>Have the origin set the cookie with other responses, or send <c>public</c> or <c>s-maxage</c>. Or set the option <c>Store.SetCookie</c>.</remarks>
    SetCookie,

    /// <summary>The response is a redirect that sets a cookie: out of the store it would lead on without the cookie.</summary>
    /// <remarks>Have the origin set the cookie with another response.</remarks>
    SetCookieInRedirect,

    /// <summary>The response sets a cookie, and a rule does not store such responses.</summary>
    /// <remarks>Change the <c>SetCookie</c> of the rule.</remarks>
    SetCookieByRule,

    /// <summary>The response varies on everything and has no entity tag: no later request can match it (RFC 9111 §4.1).</summary>
    /// <remarks>Have the origin name the fields in <c>Vary</c>, or send an <c>ETag</c>.</remarks>
    VaryAny,

    /// <summary>Nothing in the response permits storing, and its status needs a permission (RFC 9111 §3).</summary>
    /// <remarks>Have the origin send <c>max-age</c>, <c>Expires</c>, <c>public</c> or, for a private cache, <c>private</c>.</remarks>
    NoPermission,

    /// <summary>The response has neither a lifetime nor a validator, and no option lets it be served stale: no later request could use it.</summary>
    /// <remarks>Have the origin send <c>max-age</c>, an <c>ETag</c> or <c>Last-Modified</c>. Or give such responses a lifetime with <c>DefaultFreshnessLifetime</c> or a heuristic.</remarks>
    NoLifetimeNorValidator,

    /// <summary>The media type is one of bodies that never end.</summary>
    /// <remarks>Nothing: a stream of events has no end at which it could be stored.</remarks>
    Endless,

    /// <summary>The fields of the response, or its URI, are longer than the limit.</summary>
    /// <remarks>Raise the limit of fields or of URIs in the options.</remarks>
    FieldsTooLong,

    /// <summary>The response is a part that can't be stored: it is not well described, has no strong validator, or does not fit the stored parts.</summary>
    /// <remarks>Have the origin send a strong <c>ETag</c> and one range per response.</remarks>
    Partial,

    /// <summary>A response to POST needs a lifetime and a Content-Location equal to its URI to be stored (RFC 9110 §9.3.3).</summary>
    /// <remarks>Have the origin send both.</remarks>
    PostWithoutLocation,

    /// <summary>A field can't be written back as it was received.</summary>
    /// <remarks>Mend the origin: the field's name or value has characters that end a line or a message.</remarks>
    InvalidFields,

    /// <summary>The response states a length next to <c>Transfer-Encoding</c>: where its body ends is in doubt (RFC 9112 §6.3).</summary>
    /// <remarks>Mend the origin, or the proxy in front of it.</remarks>
    ContradictoryFraming,

    /// <summary>The response is larger than the store takes.</summary>
    /// <remarks>Raise the store's limit for one entry. The status names the limit if the store tells it.</remarks>
    TooLarge,

    /// <summary>The caller disposed the response, or cancelled, before it had read the body to its end.</summary>
    /// <remarks>Read the body to its end. The beginning of a large one is kept if it can be completed later.</remarks>
    BodyNotRead,

    /// <summary>The connection broke off, or the body was not as long as the origin had declared (RFC 9111 §3.3).</summary>
    /// <remarks>Look for the fault at the origin or on the way. The beginning of a large body is kept if it can be completed later.</remarks>
    BrokenOff,

    /// <summary>The body does not have the digest that its fields state (RFC 9530).</summary>
    /// <remarks>Look for the fault at the origin or on the way.</remarks>
    DigestMismatch,

    /// <summary>The body can't be decoded as its Content-Encoding says. It was removed again if it was stored.</summary>
    /// <remarks>Mend the origin, or the proxy in front of it.</remarks>
    Undecodable,

    /// <summary>The store could not be read or written, or is left alone after failures.</summary>
    /// <remarks>The log has the fault. The cache tries the store again by itself.</remarks>
    StoreUnavailable,

    /// <summary>Another writer was first, or the URI was invalidated in the meantime (RFC 9111 §4.4).</summary>
    /// <remarks>Nothing: what is stored is newer, or the next response will be stored.</remarks>
    LostToAnotherWriter,

    /// <summary>The request's mode looks and stores nothing.</summary>
    /// <remarks>Leave the mode <c>ReadOnly</c> away from the request, or from the rule that sets it.</remarks>
    ReadOnly,
}
