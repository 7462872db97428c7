namespace HttpCaching;

/// <summary>A fault or a contradiction in the headers of a response, or a cause that keeps it from being used again. The names are a contract.</summary>
public enum HeaderFinding
{
    /// <summary>The response states no lifetime: neither max-age nor Expires (RFC 9111 §4.2.1).</summary>
    /// <remarks>Send <c>Cache-Control: max-age</c>, or <c>no-cache</c> if each use is to be validated.</remarks>
    NoLifetime,

    /// <summary>The lifetime is a guess, a share of the time since Last-Modified (RFC 9111 §4.2.2).</summary>
    /// <remarks>Send <c>Cache-Control: max-age</c>.</remarks>
    GuessedLifetime,

    /// <summary>The response has neither ETag nor Last-Modified: once stale, it is sent again in full (RFC 9111 §4.3.1).</summary>
    /// <remarks>Send an <c>ETag</c>.</remarks>
    NoValidator,

    /// <summary>The response says max-age beside an Expires that says otherwise; caches that know max-age ignore Expires (RFC 9111 §5.3).</summary>
    /// <remarks>Remove <c>Expires</c>.</remarks>
    ExpiresBesideMaxAge,

    /// <summary>Expires is no date, or its lines differ, which counts as past (RFC 9111 §5.3).</summary>
    /// <remarks>Send one HTTP date, or <c>max-age</c> instead.</remarks>
    InvalidExpires,

    /// <summary>A max-age or s-maxage is no number of seconds, or several contradict each other: the response counts as stale (RFC 9111 §4.2.1).</summary>
    /// <remarks>Send the directive once, as a number without quotes, sign and fraction.</remarks>
    InvalidMaxAge,

    /// <summary>Cache-Control can't be read to its end, because a quoted string is not closed (RFC 9111 §5.2).</summary>
    /// <remarks>Close the quotes.</remarks>
    MalformedDirectives,

    /// <summary>No later request matches a Vary of * (RFC 9111 §4.1).</summary>
    /// <remarks>Name the request fields that the response depends on.</remarks>
    VaryAny,

    /// <summary>The response varies on User-Agent, of which there are thousands (RFC 9110 §12.5.5).</summary>
    /// <remarks>Leave <c>User-Agent</c> out of <c>Vary</c>, and adapt in the client.</remarks>
    VaryUserAgent,

    /// <summary>The response varies on Cookie, which differs for each user and often for each visit (RFC 9110 §12.5.5).</summary>
    /// <remarks>Send <c>private</c> if the response is for one user. Otherwise leave <c>Cookie</c> out of <c>Vary</c>.</remarks>
    VaryCookie,

    /// <summary>The response varies on more than four fields: few requests agree in all of them (RFC 9110 §12.5.5).</summary>
    /// <remarks>Name only the fields that change the response.</remarks>
    VaryMany,

    /// <summary>The response has a content coding, and its Vary does not name Accept-Encoding (RFC 9110 §12.5.3).</summary>
    /// <remarks>Send <c>Vary: Accept-Encoding</c>; in nginx set <c>gzip_vary on</c>.</remarks>
    CodedWithoutVary,

    /// <summary>The response says private, but the request carried no credentials and the response sets no cookie (RFC 9111 §5.2.2.7).</summary>
    /// <remarks>Leave <c>private</c> out if all users get the same response: shared caches can then keep it.</remarks>
    PrivateWithoutCredentials,

    /// <summary>The response says private and public; private wins (RFC 9111 §5.2.2.7).</summary>
    /// <remarks>Send one of the two.</remarks>
    PrivateBesidePublic,

    /// <summary>Pragma has no meaning in a response (RFC 9111 §5.4).</summary>
    /// <remarks>Remove <c>Pragma</c>; <c>Cache-Control: no-cache</c> says what was meant.</remarks>
    PragmaInResponse,

    /// <summary>The response has no Date, so that its age is counted from its receipt (RFC 9110 §6.6.1).</summary>
    /// <remarks>Send <c>Date</c>.</remarks>
    NoDate,

    /// <summary>Date is no HTTP date, so that the age is counted from the receipt (RFC 9110 §6.6.1).</summary>
    /// <remarks>Send <c>Date</c> in the form <c>Thu, 01 Jan 2026 12:00:00 GMT</c>.</remarks>
    InvalidDate,

    /// <summary>Date is more than a minute ahead of the receipt: the clock of the origin, or of this machine, is wrong (RFC 9111 §4.2.3).</summary>
    /// <remarks>Set the clocks by NTP.</remarks>
    DateAhead,

    /// <summary>Date is more than a minute before the receipt, and no Age explains it: the response is old on arrival (RFC 9111 §4.2.3).</summary>
    /// <remarks>Set the clock of the origin, or have the cache on the way send <c>Age</c>. Against wrong clocks set <c>Freshness.IgnoreDateInAge</c>.</remarks>
    DateBehind,

    /// <summary>The response was stale when it came: a cache on the way has kept it for its whole lifetime (RFC 9111 §4.2.3).</summary>
    /// <remarks>Look at the cache on the way, or raise <c>max-age</c>.</remarks>
    StaleOnArrival,

    /// <summary>The response says no-store beside other directives for its reuse, which are without effect (RFC 9111 §5.2.2.5).</summary>
    /// <remarks>Send <c>no-store</c> alone, or leave it out if the response may be used again.</remarks>
    NoStoreBesideOthers,

    /// <summary>The response says no-cache, has no validator, and so is sent again in full each time; no-store may be meant (RFC 9111 §5.2.2.4).</summary>
    /// <remarks>Send <c>no-store</c> if it must not be kept, or add an <c>ETag</c> if it is to be validated.</remarks>
    NoCacheWithoutValidator,

    /// <summary>The response says no-cache beside a lifetime, which is without effect (RFC 9111 §5.2.2.4).</summary>
    /// <remarks>Leave out <c>no-cache</c> or <c>max-age</c>.</remarks>
    NoCacheBesideLifetime,

    /// <summary>The response permits stale use and forbids it with must-revalidate or no-cache, which wins (RFC 5861 §3).</summary>
    /// <remarks>Leave out <c>must-revalidate</c>, or <c>stale-while-revalidate</c> and <c>stale-if-error</c>.</remarks>
    StaleWindowForbidden,

    /// <summary>The response says immutable without a lifetime, which is without effect (RFC 8246 §2).</summary>
    /// <remarks>Send a long <c>max-age</c> beside it.</remarks>
    ImmutableWithoutLifetime,

    /// <summary>The response says must-understand without no-store, which caches that do not know it need (RFC 9111 §5.2.2.3).</summary>
    /// <remarks>Send <c>no-store</c> beside it.</remarks>
    MustUnderstandAlone,

    /// <summary>ETag is not a quoted text (RFC 9110 §8.8.3).</summary>
    /// <remarks>Put the tag into double quotes.</remarks>
    InvalidETag,

    /// <summary>The ETag ends in the name of a content coding; some servers that append it never confirm such a tag (RFC 9110 §8.8.3).</summary>
    /// <remarks>In Apache set <c>DeflateAlterETag NoChange</c>.</remarks>
    CodingInETag,

    /// <summary>Last-Modified is no HTTP date (RFC 9110 §8.8.2).</summary>
    /// <remarks>Send it in the form <c>Thu, 01 Jan 2026 12:00:00 GMT</c>.</remarks>
    InvalidLastModified,

    /// <summary>Last-Modified is later than Date (RFC 9110 §8.8.2.1).</summary>
    /// <remarks>Send the time of the last change, or <c>Date</c> if that is later.</remarks>
    LastModifiedAhead,

    /// <summary>The response sets a cookie and is open to shared caches: other users may get the cookie (RFC 6265 §3).</summary>
    /// <remarks>Set cookies with responses that say <c>private</c> or <c>no-store</c>.</remarks>
    CookieForAll,

    /// <summary>An error has a lifetime of more than five minutes, for which the fault outlives its cause.</summary>
    /// <remarks>Give errors a short <c>max-age</c>.</remarks>
    LongLivedError,

    /// <summary>The lifetime is longer than a year, which gains nothing.</summary>
    /// <remarks>Send <c>max-age=31536000</c>.</remarks>
    LongerThanAYear,

    /// <summary>no-cache or private names fields, which many caches read as if it named none (RFC 9111 §5.2.2.4).</summary>
    /// <remarks>Use the directive without field names, or send the fields with another response.</remarks>
    QualifiedDirective,
}
