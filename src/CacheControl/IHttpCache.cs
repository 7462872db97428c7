namespace HttpCaching;

/// <summary>Shows, removes and marks stored responses for an application. All members may be called by many threads at the same time.</summary>
public interface IHttpCache
{
    /// <summary>Removes all stored responses of a URI: all variants, methods and partitions (RFC 9111 §4.4). Responses that are on their way are not stored either.</summary>
    /// <param name="uri">The absolute http or https URI.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException"><paramref name="uri"/> is not absolute, or neither http nor https.</exception>
    Task InvalidateAsync(Uri uri, CancellationToken cancellationToken = default);

    /// <summary>Removes all stored responses of an origin: scheme, host and port.</summary>
    /// <param name="origin">An absolute URI of the origin.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The number of removed responses; -1 if the store can't tell.</returns>
    /// <exception cref="ArgumentException"><paramref name="origin"/> is not absolute, or neither http nor https.</exception>
    /// <exception cref="NotSupportedException">The store does not support this removal.</exception>
    Task<long> RemoveOriginAsync(Uri origin, CancellationToken cancellationToken = default);

    /// <summary>Removes all responses that were stored with a tag (see <see cref="HttpRequestMessageExtensions.WithCacheTags"/>).</summary>
    /// <param name="tag">The tag, compared ordinally.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The number of removed responses; -1 if the store can't tell.</returns>
    /// <exception cref="NotSupportedException">The store does not support this removal.</exception>
    Task<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken = default);

    /// <summary>Removes all stored responses, for all clients that share the store.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NotSupportedException">The store does not support this removal.</exception>
    Task ClearAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Lists stored responses, of all clients that share the store, in no particular order. A response whose removal is pending is not listed. The listing does not count as a use.
    /// A change during the listing may or may not be listed.
    /// </summary>
    /// <param name="filter">Which responses; <see langword="null"/> for all.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <exception cref="ArgumentException">A URI of the filter is not absolute, or neither http nor https.</exception>
    /// <exception cref="NotSupportedException">The store can't list its responses; the message says which stores can.</exception>
    IAsyncEnumerable<CachedResponse> ListAsync(CachedResponseFilter? filter = null, CancellationToken cancellationToken = default);

    /// <summary>Finds the stored responses of a URI: all variants, methods and partitions. Does not count as a use.</summary>
    /// <param name="uri">The absolute http or https URI.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="ArgumentException"><paramref name="uri"/> is not absolute, or neither http nor https.</exception>
    /// <exception cref="NotSupportedException">The store can't list its responses; the message says which stores can.</exception>
    Task<IReadOnlyList<CachedResponse>> FindAsync(Uri uri, CancellationToken cancellationToken);

    /// <summary>Finds the stored responses of a URI, as <see cref="FindAsync(Uri, CancellationToken)"/> does, without a token.</summary>
    /// <param name="uri">The absolute http or https URI.</param>
    /// <exception cref="ArgumentException"><paramref name="uri"/> is not absolute, or neither http nor https.</exception>
    /// <exception cref="NotSupportedException">The store can't list its responses; the message says which stores can.</exception>
    Task<IReadOnlyList<CachedResponse>> FindAsync(Uri uri) => FindAsync(uri, CancellationToken.None);

    /// <summary>Removes the responses that a filter selects. No request joins a flight that began before, and responses on their way that the filter selects are not stored.</summary>
    /// <param name="filter">Which responses.</param>
    /// <param name="preview">Whether to change nothing and only tell what would be removed.</param>
    /// <param name="cancellationToken">Ends the removal; what is removed by then stays removed.</param>
    /// <exception cref="ArgumentException">A URI of the filter is not absolute, or neither http nor https.</exception>
    /// <exception cref="NotSupportedException">The store can't do that; the message says which stores can.</exception>
    Task<CacheSelection> RemoveAsync(CachedResponseFilter filter, bool preview = false, CancellationToken cancellationToken = default);

    /// <summary>Removes the responses whose normalised URI begins with a text, and refuses those on their way, as <see cref="RemoveAsync"/> does.</summary>
    /// <param name="uriPrefix">The beginning of the URI, compared ordinally: "https://example.org/products/".</param>
    /// <param name="preview">Whether to change nothing and only tell what would be removed.</param>
    /// <param name="cancellationToken">Ends the removal; what is removed by then stays removed.</param>
    /// <exception cref="NotSupportedException">The store can't do that; the message says which stores can.</exception>
    Task<CacheSelection> RemoveByPrefixAsync(string uriPrefix, bool preview = false, CancellationToken cancellationToken = default);

    /// <summary>
    /// Marks the responses that a filter selects as stale. They are kept: the next request validates them, and stale-if-error may still serve them. No request joins a flight that began before.
    /// </summary>
    /// <param name="filter">Which responses.</param>
    /// <param name="preview">Whether to change nothing and only tell what would be marked.</param>
    /// <param name="cancellationToken">Ends the work; what is marked by then stays marked.</param>
    /// <exception cref="ArgumentException">A URI of the filter is not absolute, or neither http nor https.</exception>
    /// <exception cref="NotSupportedException">The store can't list its responses; the message says which stores can.</exception>
    Task<CacheSelection> MarkStaleAsync(CachedResponseFilter filter, bool preview = false, CancellationToken cancellationToken = default);

    /// <summary>
    /// Tells what the cache would do with a request now, and why: a dry run over the store. The origin is not asked, nothing is changed, and it counts as no use of what is stored.
    /// </summary>
    /// <param name="request">The request as the cache would get it: with the default headers of the client, and with the Accept-Encoding of handlers above the cache. It is not sent.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The explanation. A pending removal counts as carried out. Whether the body of a stored response can be read is not tried, and how fast the origin answers is not known.</returns>
    /// <exception cref="ArgumentException">The URI of <paramref name="request"/> is not absolute, or neither http nor https.</exception>
    Task<CacheExplanation> ExplainAsync(HttpRequestMessage request, CancellationToken cancellationToken = default);

    /// <summary>Tells whether a response would be stored for a request, for how long, and why not, as if it had come from the origin now. Nothing is stored, and the body is not read.</summary>
    /// <param name="request">The request.</param>
    /// <param name="response">The response.</param>
    /// <returns>The explanation.</returns>
    /// <exception cref="ArgumentException">The URI of <paramref name="request"/> is not absolute, or neither http nor https.</exception>
    StorageExplanation Explain(HttpRequestMessage request, HttpResponseMessage response);

    /// <summary>
    /// Finds the stored responses that a request may be answered with: those under its key, in its partition, stored for its method and with the fields that Vary names. They may be stale. Does not
    /// count as a use.
    /// </summary>
    /// <param name="request">The request as the cache would get it, see <see cref="ExplainAsync"/>. It is not sent.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="ArgumentException">The URI of <paramref name="request"/> is not absolute, or neither http nor https.</exception>
    Task<IReadOnlyList<CachedResponse>> FindAsync(HttpRequestMessage request, CancellationToken cancellationToken);

    /// <summary>Finds the stored responses that a request may be answered with, as <see cref="FindAsync(HttpRequestMessage, CancellationToken)"/> does, without a token.</summary>
    /// <param name="request">The request as the cache would get it. It is not sent.</param>
    /// <exception cref="ArgumentException">The URI of <paramref name="request"/> is not absolute, or neither http nor https.</exception>
    Task<IReadOnlyList<CachedResponse>> FindAsync(HttpRequestMessage request) => FindAsync(request, CancellationToken.None);

    /// <summary>Returns the numbers of this cache: hits, misses, saved time, and the size of its store. A number that the store can't tell is <see langword="null"/>.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<CacheStatistics> GetStatisticsAsync(CancellationToken cancellationToken = default);
}
