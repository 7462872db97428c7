namespace HttpCaching.Storage;

/// <summary>What a store can do for operators beyond serving requests. Optional: a store implements it if it can.</summary>
/// <remarks>
/// A removal takes what stands in the store, and refuses what is on the way to it: a commit and a new head whose stamp is older than the removal. It refuses those
/// alone that it would have taken, so that a removal that one origin asks for keeps no other origin's responses from being stored.
/// A store may refuse more for a moment, where it can't remember all removals, and never less. Removal by tag, of a whole origin (a prefix such as "https://example.org/") and of everything are asked for by responses too, so they have to work. A store over an engine that
/// can't list its keys may throw <see cref="NotSupportedException"/> for other prefixes and for the enumeration.
/// </remarks>
public interface IHttpCacheStoreMaintenance
{
    /// <summary>Removes every stored response with this tag, and refuses commits and new heads with the tag whose snapshot was read before.</summary>
    /// <param name="tag">The tag, compared ordinally.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How many stored responses were removed; -1 if the store can't tell.</returns>
    ValueTask<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken);

    /// <summary>Removes every stored response whose key's URI begins with this text, and refuses commits and new heads under such URIs whose snapshot was read before.</summary>
    /// <param name="uriPrefix">The beginning of the URI, compared ordinally.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How many stored responses were removed; -1 if the store can't tell.</returns>
    ValueTask<long> RemoveByPrefixAsync(string uriPrefix, CancellationToken cancellationToken);

    /// <summary>Removes everything, and refuses all commits and new heads whose snapshot was read before.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask ClearAsync(CancellationToken cancellationToken);

    /// <summary>Lists the heads of what is stored, in no particular order. What changes meanwhile may or may not be listed.</summary>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    IAsyncEnumerable<KeyValuePair<CacheKey, StoredResponse>> EnumerateAsync(CancellationToken cancellationToken);
}
