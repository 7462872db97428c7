namespace HttpCaching;

/// <summary>The cache itself, for what an application does beside sending requests. All members may be called by many threads at once.</summary>
public interface IHttpCache
{
    /// <summary>Removes everything stored for a URI: all variants, methods and partitions (RFC 9111 §4.4). Responses under way are not stored either.</summary>
    /// <param name="uri">The absolute http or https URI.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException"><paramref name="uri"/> is not absolute, or neither http nor https.</exception>
    Task InvalidateAsync(Uri uri, CancellationToken cancellationToken = default);

    /// <summary>Removes everything stored for an origin: scheme, host and port.</summary>
    /// <param name="origin">An absolute URI of the origin.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How many stored responses were removed; -1 if the store can't tell.</returns>
    /// <exception cref="ArgumentException"><paramref name="origin"/> is not absolute, or neither http nor https.</exception>
    /// <exception cref="NotSupportedException">The store can't do it.</exception>
    Task<long> RemoveOriginAsync(Uri origin, CancellationToken cancellationToken = default);

    /// <summary>Removes everything that was stored with a tag (see <see cref="HttpRequestMessageExtensions.WithCacheTags"/>).</summary>
    /// <param name="tag">The tag, compared ordinally.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How many stored responses were removed; -1 if the store can't tell.</returns>
    /// <exception cref="NotSupportedException">The store can't do it.</exception>
    Task<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken = default);

    /// <summary>Removes everything.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NotSupportedException">The store can't do it.</exception>
    Task ClearAsync(CancellationToken cancellationToken = default);
}
