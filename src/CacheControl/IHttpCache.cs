namespace HttpCaching;

/// <summary>Removes stored responses for an application. All members may be called by many threads at the same time.</summary>
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
}
