namespace HttpCaching.Storage;

/// <summary>Operations on many stored responses. Optional: a store implements them if it can.</summary>
/// <remarks>
/// A removal removes the stored responses, and refuses those on the way to the store: a commit or a new head whose stamp is older than the removal. It refuses only those
/// that it covers. So a removal that one origin asks for does not prevent the storing of another origin's responses.
/// If a store can't remember all removals, it may refuse more for a moment, never less. Responses may ask for removal by tag, of a whole origin (a prefix such as "https://example.org/") and of everything, so these must work.
/// If the engine of a store can't list its keys, the store may throw <see cref="NotSupportedException"/> for other prefixes and for the enumeration.
/// </remarks>
public interface IHttpCacheStoreMaintenance
{
    /// <summary>Removes every stored response with this tag, and refuses commits and new heads with the tag whose snapshot was read before.</summary>
    /// <param name="tag">The tag, compared ordinally.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The number of removed responses; -1 if the store can't tell.</returns>
    ValueTask<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken);

    /// <summary>Removes every stored response whose URI begins with this prefix, and refuses commits and new heads under such URIs whose snapshot was read before.</summary>
    /// <param name="uriPrefix">The beginning of the URI, compared ordinally.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The number of removed responses; -1 if the store can't tell.</returns>
    ValueTask<long> RemoveByPrefixAsync(string uriPrefix, CancellationToken cancellationToken);

    /// <summary>Removes all stored responses, and refuses all commits and new heads whose snapshot was read before.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask ClearAsync(CancellationToken cancellationToken);

    /// <summary>Lists the heads of all stored responses, in no particular order. A change during the enumeration may or may not be listed.</summary>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    IAsyncEnumerable<ListedResponse> EnumerateAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Lists the heads of a URI's stored responses in all scopes, as <see cref="EnumerateAsync(CancellationToken)"/> does. By default it goes through all stored responses. A store that finds a URI by itself
    /// overrides it.
    /// </summary>
    /// <param name="uri">The URI, compared ordinally with <see cref="CacheKey.Uri"/>.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    IAsyncEnumerable<ListedResponse> EnumerateAsync(string uri, CancellationToken cancellationToken) =>
        EnumerateAsync(cancellationToken).Where(pair => string.Equals(pair.Key.Uri, uri, StringComparison.Ordinal));

    /// <summary>
    /// Lists the heads of the stored responses whose URI begins with a prefix, as <see cref="EnumerateAsync(CancellationToken)"/> does. By default it goes through all stored responses. A store that needs not
    /// decode the others overrides it.
    /// </summary>
    /// <param name="uriPrefix">The beginning of the URI, compared ordinally with <see cref="CacheKey.Uri"/>.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    IAsyncEnumerable<ListedResponse> EnumerateByPrefixAsync(string uriPrefix, CancellationToken cancellationToken) =>
        EnumerateAsync(cancellationToken).Where(listed => listed.Key.Uri.StartsWith(uriPrefix, StringComparison.Ordinal));
}
