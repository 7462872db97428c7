namespace HttpCaching.Storage;

/// <summary>
/// Keeps stored responses. A store knows keys, bytes, sizes, times of use and tags; it knows no HTTP rule.
/// All members may be called by many threads at the same time. Implementations may throw: the cache treats a fault as a miss or as "not stored".
/// </summary>
/// <remarks>
/// <para>
/// The store contract suite holds these duties as tests. No response is visible before its commit. A snapshot stays readable while other callers replace, refresh, evict or clear its responses.
/// A head always belongs to the body with the same <see cref="StoredResponse.BodyId"/>. If a removal covers a response, the store refuses a commit or a new head of it that began before the removal,
/// and it refuses no other. A body is returned complete, or the read throws.
/// </para>
/// <para>The cache does not cancel a call that a request has begun, even if the request has left. The end of the call tells whether the store works.</para>
/// </remarks>
public interface IHttpCacheStore
{
    /// <summary>The most bytes of one response; <see langword="null"/> if the store has no such limit or does not tell it. The cache shows it to users whose response is larger.</summary>
    long? MaximumEntryBytes => null;

    /// <summary>
    /// Reads the stored responses of <paramref name="key"/>: one consistent view of all of them. Counts as a use of them.
    /// If nothing is stored under the key, the snapshot has no responses. Should complete synchronously when no I/O is needed.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The snapshot; the caller disposes it.</returns>
    ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken);

    /// <summary>
    /// Reads as <see cref="ReadAsync"/> does, for a tool that only looks: it counts as no use, and moves nothing. A store that does not implement it counts a use.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The snapshot; the caller disposes it.</returns>
    ValueTask<HttpCacheSnapshot> PeekAsync(CacheKey key, CancellationToken cancellationToken) => ReadAsync(key, cancellationToken);

    /// <summary>Begins to store a response. Readers do not see it until <see cref="HttpCacheWriter.CommitAsync"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="expectedLength">The number of body bytes, or <see langword="null"/> if it is unknown. A hint for allocation and early refusal.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The writer, or <see langword="null"/> if the store refuses the response, for example because it is too large.</returns>
    ValueTask<HttpCacheWriter?> BeginWriteAsync(CacheKey key, long? expectedLength, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces the head of the stored response with <paramref name="generation"/>. Its body stays as it is and is not written again.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="generation">The generation that was read.</param>
    /// <param name="head">
    /// The new head, with the same <see cref="StoredResponse.BodyId"/>. It may have another variant. Then it yields to a newer response of that variant:
    /// see <see cref="StoredResponse.MayTakePlaceOf"/> and <see cref="StoredResponse.YieldsTo(StoredResponse?)"/>.
    /// </param>
    /// <param name="stamp">
    /// The <see cref="HttpCacheSnapshot.Stamp"/> that was read before the request went out. If a later removal covers the new head, the store refuses it. A removal covers it by its
    /// URI, by one of its tags (even if the old head did not have the tag), or because it removes everything.
    /// </param>
    /// <param name="retention">How long the response can be useful, from now; never negative. A hint for stores that expire by time.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>
    /// False if nothing was changed. Either no stored response has that generation any more, because another writer was first, or a removal forbids the new head.
    /// </returns>
    ValueTask<bool> ReplaceHeadAsync(CacheKey key, long generation, StoredResponse head, long stamp, TimeSpan retention, CancellationToken cancellationToken);

    /// <summary>Removes one stored response if it still has this generation. Removing a missing response is no error.</summary>
    /// <param name="key">The key.</param>
    /// <param name="generation">The generation that was read.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask RemoveAsync(CacheKey key, long generation, CancellationToken cancellationToken);

    /// <summary>
    /// Removes every stored response of a URI, in all scopes. Refuses commits whose snapshot was read before this call (RFC 9111 §4.4).
    /// </summary>
    /// <param name="uri">The URI as in <see cref="CacheKey.Uri"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken);
}
