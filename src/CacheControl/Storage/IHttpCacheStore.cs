namespace HttpCaching.Storage;

/// <summary>
/// Keeps stored responses. A store knows keys, bytes, sizes, times of use and tags; it knows no HTTP rule.
/// All members may be called by many threads at once. Implementations may throw: the cache treats a fault as a miss or as "not stored".
/// </summary>
/// <remarks>
/// What every store must hold to, stated as tests in the store contract suite:
/// nothing is visible before its commit; a snapshot stays readable while others replace, refresh, evict or clear what it shows;
/// a head belongs to the body with the same <see cref="StoredResponse.BodyId"/>, always; a commit or a new head that began before a removal
/// that would have taken it is refused, and no other is; a body is returned whole or the read throws. The cache itself does not cancel what a request has begun, but leaves it: what becomes of it tells
/// whether the store is well.
/// </remarks>
public interface IHttpCacheStore
{
    /// <summary>The largest response that the store takes, in bytes; <see langword="null"/> if it has no such limit or does not tell. Shown to users whose response is larger.</summary>
    long? MaximumEntryBytes => null;

    /// <summary>
    /// Reads what is stored under <paramref name="key"/>: one consistent view of all its stored responses. Counts as a use of them.
    /// A key under which nothing is stored gives a snapshot without responses. Should complete synchronously when no I/O is needed.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The snapshot; the caller disposes it.</returns>
    ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken);

    /// <summary>Begins to store a response. Nothing is visible to readers until <see cref="HttpCacheWriter.CommitAsync"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="expectedLength">The number of body bytes if it is known, or <see langword="null"/>; a hint for allocation and early refusal.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The writer, or <see langword="null"/> if the store won't take the response (too large, say).</returns>
    ValueTask<HttpCacheWriter?> BeginWriteAsync(CacheKey key, long? expectedLength, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces the head of the stored response whose generation is still <paramref name="generation"/>; its body stays as it is and is not rewritten.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="generation">The generation that was read.</param>
    /// <param name="head">
    /// The new head; has the same <see cref="StoredResponse.BodyId"/>, and may have another variant, where it yields to a newer response:
    /// see <see cref="StoredResponse.MayTakePlaceOf"/> and <see cref="StoredResponse.YieldsTo(StoredResponse?)"/>.
    /// </param>
    /// <param name="stamp">
    /// The <see cref="HttpCacheSnapshot.Stamp"/> that was read before the request went out. A later removal that would have taken the new head refuses it: by its
    /// URI, by a tag that it has, though the old head may not have had it, or of everything.
    /// </param>
    /// <param name="retention">How long the response can be of use, from now; never negative. A hint for stores that expire by time.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>
    /// False if nothing was changed: no stored response of that generation exists any more, because another writer was first, or a removal forbids the new head.
    /// </returns>
    ValueTask<bool> ReplaceHeadAsync(CacheKey key, long generation, StoredResponse head, long stamp, TimeSpan retention, CancellationToken cancellationToken);

    /// <summary>Removes one stored response, if its generation is still the one given. Removing what is not there is no error.</summary>
    /// <param name="key">The key.</param>
    /// <param name="generation">The generation that was read.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask RemoveAsync(CacheKey key, long generation, CancellationToken cancellationToken);

    /// <summary>
    /// Removes every stored response of a URI, in all scopes, and refuses commits whose snapshot was read before this call (RFC 9111 §4.4).
    /// </summary>
    /// <param name="uri">The URI as in <see cref="CacheKey.Uri"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken);
}
