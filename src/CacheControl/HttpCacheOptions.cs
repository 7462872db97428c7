using System.Net;
using HttpCaching.Control;
using HttpCaching.Control.Time;
using Microsoft.Extensions.Configuration;

namespace HttpCaching;

/// <summary>
/// The options of a cache: first those that are set most, then groups. The defaults are those of a private cache as RFC 9111 describes it. A cache copies its
/// options once, when it is made, and refuses wrong ones then, with all errors in one message. Rules from configuration follow its reload.
/// </summary>
/// <remarks>
/// A time to wait is more than zero and at most 24 days. A lifetime or window is zero or more, and <see cref="TimeSpan.MaxValue"/> for no limit.
/// <see cref="Timeout.InfiniteTimeSpan"/> is refused, except for <see cref="SoftTimeout"/> and <see cref="ValidationTimeout"/>.
/// </remarks>
public sealed class HttpCacheOptions
{
    /// <summary>
    /// Serve one user or many (RFC 9111 §1). Default: <see cref="CacheKind.Private"/>. Choose <see cref="CacheKind.Shared"/> where the responses of one user are
    /// served to others, such as in a proxy.
    /// </summary>
    public CacheKind Kind { get; set; } = CacheKind.Private;

    /// <summary>
    /// Treat everything in a private cache as one user's: requests with different credentials share stored responses. Default: false, and each Authorization value has
    /// a partition of its own. Switch it on in a program that serves one user, above all if its tokens change.
    /// </summary>
    public bool SingleUser { get; set; }

    /// <summary>
    /// Choose the partition of a request, such as the subject of its token or its tenant. Default: none, and credentials decide, as they do where the function returns
    /// <see langword="null"/>. The function runs for every request, so it must be fast. If it throws, the request bypasses the cache.
    /// </summary>
    public Func<HttpRequestMessage, string?>? PartitionSelector { get; set; }

    /// <summary>
    /// Give responses that state no lifetime this one. Default: <see langword="null"/>, for none. It is never applied against no-store, no-cache or private. Set it for
    /// origins that send no caching fields.
    /// </summary>
    public TimeSpan? DefaultFreshnessLifetime { get; set; }

    /// <summary>
    /// Decide freshness lifetimes by a rule of one's own, before all others; see <see cref="FreshnessHeuristics"/>. Default: none. It is never asked about no-store
    /// responses. If it throws, the response is not stored.
    /// </summary>
    public IFreshnessHeuristic? Heuristic { get; set; }

    /// <summary>
    /// Serve a stored response for this long past its lifetime if the origin fails, unless the response forbids that (RFC 5861 §4). Default: zero. Set it where an old
    /// response is better than none.
    /// </summary>
    public TimeSpan StaleIfError { get; set; }

    /// <summary>
    /// Serve a stored response for this long past its lifetime while it is validated in the background, unless the response forbids that (RFC 5861 §3). Default: zero.
    /// Set it where callers must not wait for a validation.
    /// </summary>
    public TimeSpan StaleWhileRevalidate { get; set; }

    /// <summary>
    /// Serve the stored stale response if a validation takes longer than this, unless the response forbids that; the validation goes on in the background. Default:
    /// <see langword="null"/>, which waits for the validation, as <c>Timeout.InfiniteTimeSpan</c> does.
    /// </summary>
    public TimeSpan? SoftTimeout { get; set; }

    /// <summary>
    /// Wait this long for the origin if a stored response may be served in place of its response. Default: 30 s. Keep it below <see cref="HttpClient.Timeout"/>, after
    /// which the caller gets no response at all; <c>Timeout.InfiniteTimeSpan</c> leaves the wait to that.
    /// </summary>
    public TimeSpan ValidationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Honour Retry-After of a 429 or 503: until then, and for an hour at most, the cache does not ask for the resource again. It serves the stale response if that
    /// is allowed, or else a 503 of its own. Default: false. Switch it on for origins that limit their clients.
    /// </summary>
    public bool HonorRetryAfter { get; set; }

    /// <summary>
    /// Share one exchange with the origin among requests for the same thing at the same time (RFC 9111 §4). The other requests wait for the first one's response head,
    /// and read its body while it arrives. Default: true. Switch it off if the origin must see every request.
    /// </summary>
    public bool CollapseRequests { get; set; } = true;

    /// <summary>Add a Cache-Status field under this name to responses (RFC 9211). Default: <see langword="null"/>, for no field. Set it where others look at what a cache did, such as behind a proxy.</summary>
    public string? CacheStatusName { get; set; }

    /// <summary>
    /// Decode these codings above the cache if it sets the pipeline up itself; the encoded bytes are stored. Default: <see langword="null"/>, for the codings that the
    /// primary handler decoded, which are none if there is no other handler.
    /// </summary>
    public DecompressionMethods? AutomaticDecompression { get; set; }

    /// <summary>
    /// Follow this many redirects above the cache if it sets the pipeline up itself; 0 for none. Default: <see langword="null"/>, for the number that the primary handler
    /// followed, which is 50 if there is no other handler.
    /// </summary>
    public int? MaximumRedirects { get; set; }

    /// <summary>Lifetimes: limits, heuristics, early refreshes.</summary>
    public HttpCacheFreshnessOptions Freshness { get; } = new();

    /// <summary>Stale responses: when they are served, and validations in the background.</summary>
    public HttpCacheStaleOptions Stale { get; } = new();

    /// <summary>Requests that share an exchange with the origin, in this process and among several.</summary>
    public HttpCacheCollapsingOptions Collapsing { get; } = new();

    /// <summary>The responses that are stored, and how long the cache waits for the store.</summary>
    public HttpCacheStorageOptions Store { get; } = new();

    /// <summary>The requests that may share a stored response: keys and variants.</summary>
    public HttpCacheKeyOptions Keys { get; } = new();

    /// <summary>The memory, disk and work that the cache may use for one response or for all.</summary>
    public HttpCacheLimitOptions Limits { get; } = new();

    /// <summary>Fields and methods of other specifications than RFC 9111.</summary>
    public HttpCacheExtensionOptions Extensions { get; } = new();

    /// <summary>
    /// Adds a rule for some URIs. If several rules fit a request, the one with the most specific pattern applies, and of equal ones the first.
    /// </summary>
    /// <param name="pattern">
    /// The URIs: <c>scheme://host:port/path?query</c>. A star is any text in the path and in values of the query; <c>*.</c> before a host is any name below it; a star
    /// alone is any scheme, host or port. Without a port, the scheme's own; without a query, any. The parameters of a query may come in any order, among others.
    /// </param>
    /// <param name="configure">Says what the rule sets.</param>
    /// <returns>The options.</returns>
    public HttpCacheOptions For(string pattern, Action<CacheRule> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var rule = new CacheRule();
        configure(rule);
        Rules.Add(new WrittenRule(pattern, rule));
        return this;
    }

    /// <summary>The rules, in the order in which they were written.</summary>
    internal List<WrittenRule> Rules { get; } = [];

    /// <summary>The sections of configuration that the options were read from, in order.</summary>
    internal List<IConfiguration> Sections { get; } = [];

    /// <summary>The errors that reading the configuration found; the validation tells them together with its own.</summary>
    internal List<string> ConfigurationErrors { get; } = [];

    /// <summary>Where work goes on that waited: for tests that give the order. <see langword="null"/> for the pool of threads.</summary>
    internal Dispatch? Dispatch { get; set; }

    /// <summary>Whether plain hits may take the short way: for tests that compare it with the walk.</summary>
    internal bool TakesStraightPath { get; set; } = StraightPath.IsSwitchedOn;
}
