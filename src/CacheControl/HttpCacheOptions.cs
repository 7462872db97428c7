using System.Net;
using HttpCaching.Control.Time;

namespace HttpCaching;

/// <summary>
/// What can be set on a cache. The defaults are those of a private cache as RFC 9111 describes it; the options are copied once, when the cache is built,
/// and wrong ones are refused then, all errors in one message.
/// </summary>
/// <remarks>
/// A time to wait is more than zero and at most 24 days. A lifetime or window is zero or more, and <see cref="TimeSpan.MaxValue"/> for no limit.
/// <see cref="Timeout.InfiniteTimeSpan"/> is refused, but for <see cref="SoftTimeout"/> and <see cref="ValidationTimeout"/>.
/// </remarks>
public sealed class HttpCacheOptions
{
    /// <summary>Whether the cache serves one user or many (RFC 9111 §1). Default: <see cref="CacheKind.Private"/>.</summary>
    public CacheKind Kind { get; set; } = CacheKind.Private;

    /// <summary>The freshness lifetime of responses that state none, or <see langword="null"/> for none. Never applied against no-store, no-cache or private.</summary>
    public TimeSpan? DefaultFreshnessLifetime { get; set; }

    /// <summary>No freshness lifetime is longer. Default: 2^31 seconds (RFC 9111 §1.2.2).</summary>
    public TimeSpan MaximumFreshnessLifetime { get; set; } = TimeSpan.FromSeconds(1L << 31);

    /// <summary>No freshness lifetime of a 4xx or 5xx response is longer; <see langword="null"/> for no own limit.</summary>
    public TimeSpan? MaximumErrorLifetime { get; set; }

    /// <summary>The share of the time since Last-Modified for which a response without explicit freshness is fresh; 0 for never. Default: 0.1 (RFC 9111 §4.2.2).</summary>
    public double HeuristicFraction { get; set; } = 0.1;

    /// <summary>No heuristic lifetime is longer. Default: 24 hours.</summary>
    public TimeSpan HeuristicMaximum { get; set; } = TimeSpan.FromHours(24);

    /// <summary>An own rule for freshness lifetimes, asked before all others, but never about no-store responses; see <see cref="FreshnessHeuristics"/>. If it throws the response is not stored.</summary>
    public IFreshnessHeuristic? Heuristic { get; set; }

    /// <summary>How long past its lifetime a stored response stands in when the origin fails, unless it forbids that (RFC 5861 §4). Default: zero.</summary>
    public TimeSpan StaleIfError { get; set; }

    /// <summary>How long past its lifetime a stored response is served while it is validated in the background (RFC 5861 §3). Default: zero.</summary>
    public TimeSpan StaleWhileRevalidate { get; set; }

    /// <summary>
    /// How long a caller waits for a validation before it gets the stored stale response, unless that forbids it; the validation goes on in the background.
    /// <see langword="null"/>, the default, and <c>Timeout.InfiniteTimeSpan</c> wait as long as it takes.
    /// </summary>
    public TimeSpan? SoftTimeout { get; set; }

    /// <summary>The share of its lifetime after which a hit also validates in the background, such as 0.9; 1, the default, for never.</summary>
    public double EagerRefreshAfter { get; set; } = 1;

    /// <summary>By which share at most freshness lifetimes are shortened at random, against expiry at one moment. Default: 0.</summary>
    public double LifetimeJitter { get; set; }

    /// <summary>How long the origin is not asked again about a response that has just stood in for its failure (see <see cref="StaleIfError"/>). Default: zero.</summary>
    public TimeSpan FailedValidationPause { get; set; }

    /// <summary>
    /// Whether Retry-After of a 429 or 503 is honoured for the resource: until then it is not asked for again, and the answer is the stale response if one may
    /// stand in, or else a 503 of the cache's own. At most an hour. Default: false.
    /// </summary>
    public bool HonorRetryAfter { get; set; }

    /// <summary>Whether any stale response stands in when the origin can't be reached, unless it forbids that (RFC 9111 §4.2.4). Default: false.</summary>
    public bool ServeStaleWhenDisconnected { get; set; }

    /// <summary>Whether a shared cache serves stale what says s-maxage, as many CDNs do; the RFC forbids it (§5.2.2.10). Default: false.</summary>
    public bool AllowStaleWithSharedMaxAge { get; set; }

    /// <summary>Whether a failure to validate what must not be served stale is answered with 504 instead of the exception. Default: false.</summary>
    public bool GatewayTimeoutOnFailure { get; set; }

    /// <summary>
    /// How long to wait for the origin when a stored response may stand in. Keep it below <see cref="HttpClient.Timeout"/>, after which no answer counts; <c>Timeout.InfiniteTimeSpan</c> leaves it to that. Default: 30 s.
    /// </summary>
    public TimeSpan ValidationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether requests for the same thing at the same time share one exchange with the origin (RFC 9111 §4): the others wait for the first one's response head,
    /// and read its body while it arrives. Default: true.
    /// </summary>
    public bool CollapseRequests { get; set; } = true;

    /// <summary>How many requests wait for another one's response at most; more ask the origin themselves. Default: 10,000.</summary>
    public int MaximumWaitersPerFlight { get; set; } = 10_000;

    /// <summary>
    /// How long requests wait for another one's response head before they ask the origin themselves, and how long a body may stand still before
    /// others no longer join it. The wait counts against <see cref="HttpClient.Timeout"/>: if the response can't be shared after all, a request needs this wait and its
    /// own exchange. Keep their sum below the timeout. Default: 5 s.
    /// </summary>
    public TimeSpan MaximumCollapseWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// What lets the processes that share a store agree on which of them asks the origin for something that none of them has; the others wait for its response to be
    /// stored. Needs <see cref="CollapseRequests"/>, and a store that the processes share. Default: none, and each process asks for itself.
    /// </summary>
    public IHttpCacheFlights? Flights { get; set; }

    /// <summary>
    /// How long a request waits for another process's exchange (see <see cref="Flights"/>) before it asks the origin itself. Keep it below
    /// <see cref="MaximumCollapseWait"/>. Default: 4 s.
    /// </summary>
    public TimeSpan MaximumFlightWait { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>
    /// How many bytes of shared bodies are kept for slower readers where the store does not keep them, over all bodies, in memory and in temporary files. Where there
    /// is no room left, requests ask the origin themselves; a body that is shared already is kept whatever its length. Default: 256 MiB.
    /// </summary>
    public long MaximumSpooledBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>How many of these bytes each body keeps in memory; the others go to a temporary file without a name, encrypted under a key that only the process has. Default: 1 MiB.</summary>
    public int MaximumSpoolMemory { get; set; } = 1024 * 1024;

    /// <summary>How long a validation in the background may take. Default: 60 s.</summary>
    public TimeSpan BackgroundTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How many validations run in the background at once. Default: 16.</summary>
    public int MaximumBackgroundValidations { get; set; } = 16;

    /// <summary>
    /// How long one call to the store may take before the request goes on without it. Keep it below <see cref="HttpClient.Timeout"/>: callers of less patience fail while a
    /// store hangs that is not left alone yet. Default: 2 s.
    /// </summary>
    public TimeSpan StoreTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long one read of a stored body may take once its head has been given; then the caller's read fails, since it is too late to ask the origin. Counts
    /// for stores whose reads wait, not for memory and local files. Default: 30 s.
    /// </summary>
    public TimeSpan StoredBodyTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a store is left alone after five faults in a row or one call that ran out of time; doubled, up to a minute, each time it still fails then. Default: 5 s.
    /// </summary>
    public TimeSpan StorePause { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Write removals that the store has still to carry out into this local directory, one file a process, so that the next process with the same directory and the same
    /// name of the cache (its client's) carries them out if this one ends or is killed. Its caches of one name need one and the same store. URIs lie there in the clear. Set it
    /// for a store on another machine. Default: <see langword="null"/>, and pending removals end with the process.
    /// </summary>
    public string? PendingRemovalsDirectory { get; set; }

    /// <summary>Whether ages are computed without Date, against origins with wrong clocks (RFC 9111 §4.2.3). Default: false.</summary>
    public bool IgnoreDateInAge { get; set; }

    /// <summary>
    /// The targeted fields that replace Cache-Control for this cache, in order of preference, such as <c>CDN-Cache-Control</c> (RFC 9213). Only for
    /// <see cref="CacheKind.Shared"/>. Default: none.
    /// </summary>
    public IList<string> TargetedFields { get; } = [];

    /// <summary>
    /// Request fields that something below the cache may add where it can't be seen, such as the cookies of a cookie container: a response whose Vary names one
    /// is not reused for requests without it. Default: <c>Cookie</c>.
    /// </summary>
    public IList<string> FieldsAddedBelow { get; } = ["Cookie"];

    /// <summary>Whether <c>de, en</c> and <c>en, de</c> in Accept-Language are different to a Vary. Default: true.</summary>
    public bool LanguageOrderIsSignificant { get; set; } = true;

    /// <summary>Whether parts of representations are stored, combined and completed (RFC 9111 §3.3, §3.4). Default: true.</summary>
    public bool StorePartialResponses { get; set; } = true;

    /// <summary>
    /// How many bytes of a body that broke off make it worth keeping, so that the next request fetches only the rest (RFC 9111 §3.3, §3.4); asks for a strong validator.
    /// <see langword="null"/> for never. Default: 1 MiB.
    /// </summary>
    public long? KeepIncompleteAbove { get; set; } = 1024 * 1024;

    /// <summary>Whether responses to POST are stored for later GET requests where they say so (RFC 9110 §9.3.3). Default: false.</summary>
    public bool StorePost { get; set; }

    /// <summary>
    /// Whether a shared cache stores responses with Set-Cookie that neither public nor s-maxage opens to it; RFC 9111 §7.3 leaves that to the cache. Default: false,
    /// since such cookies are mostly one user's. A private cache stores them always, but no redirects that set cookies.
    /// </summary>
    public bool StoreSetCookie { get; set; }

    /// <summary>Whether QUERY requests are answered from what is stored for the same content (RFC 10008). Default: false.</summary>
    public bool CacheQuery { get; set; }

    /// <summary>
    /// For each media type, a function that turns QUERY content into bytes that are the same for the same meaning: they make the key in place of the content
    /// itself, which is sent as it is (RFC 10008 §2.7). Not used for encoded content or under no-transform. Default: none. See <see cref="QueryNormalization.Json"/>.
    /// </summary>
    public IDictionary<string, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>> QueryNormalizers { get; } =
        new Dictionary<string, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>>(StringComparer.OrdinalIgnoreCase);

    /// <summary>How many bytes of QUERY content are read to make the key; more bypasses the cache. Default: 64 KiB.</summary>
    public long MaximumQueryContent { get; set; } = 64 * 1024;

    /// <summary>Whether Cache-Groups tie responses of an origin together (RFC 9875). Default: true.</summary>
    public bool CacheGroups { get; set; } = true;

    /// <summary>
    /// Whether what an unsafe request invalidates takes the other members of its cache groups with it, one step and no further (RFC 9875 §2.2.1). The
    /// groups are those of what is stored for the user whose request it is. Default: false.
    /// </summary>
    public bool InvalidateGroupMates { get; set; }

    /// <summary>
    /// Whether a response's No-Vary-Search lets it answer requests for other URIs of the same path, whose query differs only in what it says does not matter.
    /// Which responses say so is remembered in memory, for what this process has stored. Default: false.
    /// </summary>
    public bool NoVarySearch { get; set; }

    /// <summary>
    /// Whether a No-Vary-Search that says nothing but <c>key-order</c> counts: the draft's parsing ignores such a field, while its examples heed it. Default: false.
    /// </summary>
    public bool NoVarySearchKeyOrderAlone { get; set; }

    /// <summary>Whether a response's <c>Clear-Site-Data: "cache"</c> over https removes everything stored of its origin. Default: false.</summary>
    public bool HonorClearSiteData { get; set; }

    /// <summary>Whether bodies are checked against Content-Digest or Repr-Digest before they count as stored (RFC 9530). Default: false.</summary>
    public bool VerifyDigests { get; set; }

    /// <summary>Asked for each status code that could be stored; <see langword="null"/> allows all that RFC 9111 does. If it throws the response is not stored.</summary>
    public Func<int, bool>? StatusFilter { get; set; }

    /// <summary>
    /// Whether everything in this cache belongs to one user, so that responses to requests with different credentials may meet. Default: false:
    /// in a private cache each Authorization value has a partition of its own.
    /// </summary>
    public bool SingleUser { get; set; }

    /// <summary>
    /// Selects the partition of a request otherwise than by its Authorization: the subject of a token, a tenant. <see langword="null"/> from it falls
    /// back on the credentials. Called on every request, so it must be fast. If it throws the request bypasses the cache.
    /// </summary>
    public Func<HttpRequestMessage, string?>? PartitionSelector { get; set; }

    /// <summary>More key material of a request, added to the key (RFC 9111 §2). Called on every request, so it must be fast. If it throws the request bypasses the cache.</summary>
    public Func<HttpRequestMessage, string?>? KeyMaterial { get; set; }

    /// <summary>Names of request fields whose values are part of the key, such as <c>Origin</c>. Default: none.</summary>
    public IList<string> KeyFields { get; } = [];

    /// <summary>
    /// The secret of the keyed hashes that stand for credentials in keys and in what is stored, 16 bytes or more. Default: random for each process, so
    /// that stored responses to requests with credentials are not found again after a restart.
    /// </summary>
    public byte[]? HashKey { get; set; }

    /// <summary>The cache's name in the Cache-Status field (RFC 9211), or <see langword="null"/> to add no such field. Default: none.</summary>
    public string? CacheStatusName { get; set; }

    /// <summary>Whether Cache-Status shows the target URI as the key. Default: false.</summary>
    public bool CacheStatusIncludesKey { get; set; }

    /// <summary>How many characters the header lines of a stored response have at most. Default: 65,536.</summary>
    public int MaximumFieldLength { get; set; } = 64 * 1024;

    /// <summary>How many characters the URI of a stored response has at most. Default: 8,192.</summary>
    public int MaximumUriLength { get; set; } = 8 * 1024;

    /// <summary>
    /// How long stores may keep a stale response that can still be validated, and how long a stale part is completed. Default: 30 days.
    /// </summary>
    public TimeSpan StaleRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// Decode these codings above the cache where it sets the pipeline up itself; the encoded bytes are stored. Default: <see langword="null"/>, for what the
    /// primary handler was told to decode, which is nothing if there is no other handler.
    /// </summary>
    public DecompressionMethods? AutomaticDecompression { get; set; }

    /// <summary>
    /// Follow this many redirects above the cache where it sets the pipeline up itself; 0 for none. Default: <see langword="null"/>, for what the primary handler
    /// was told, which is 50 if there is no other handler.
    /// </summary>
    public int? MaximumRedirects { get; set; }

    /// <summary>Where work goes on that waited: for tests that give the order. <see langword="null"/> for the pool of threads.</summary>
    internal Dispatch? Dispatch { get; set; }
}
