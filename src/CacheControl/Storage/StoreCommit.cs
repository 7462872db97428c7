namespace HttpCaching.Storage;

/// <summary>A head to store, with the conditions of the commit.</summary>
public sealed record StoreCommit
{
    /// <summary>The head, with its final body length.</summary>
    public required StoredResponse Head { get; init; }

    /// <summary>The <see cref="HttpCacheSnapshot.Stamp"/> that was read before the request went out. If a later removal covers the response, the store refuses the commit.</summary>
    public required long Stamp { get; init; }

    /// <summary>
    /// The generation of the stored response of the same variant in the snapshot, or <see langword="null"/> if there was none.
    /// If another response is stored there by now, the one with the greater <see cref="StoredResponse.Rank"/> stays: see <see cref="YieldsTo(StoredResponse?)"/>.
    /// </summary>
    public long? Replaces { get; init; }

    /// <summary>How long the response can be useful, from now; never negative. A hint for stores that expire by time.</summary>
    public required TimeSpan Retention { get; init; }

    /// <summary>
    /// Returns whether the store must refuse this commit because of the response that is stored in its variant now: not the one that the commit replaces, and a newer one.
    /// On a tie the later commit wins. A store calls this in the same step in which it stores.
    /// </summary>
    /// <param name="standing">The stored response of the same variant, or <see langword="null"/> if there is none.</param>
    public bool YieldsTo(StoredResponse? standing) => standing is not null && YieldsTo(standing.Generation, standing.Rank);

    /// <summary>The same for a store that has only the two numbers of the stored response.</summary>
    /// <param name="generation">Its <see cref="StoredResponse.Generation"/>.</param>
    /// <param name="rank">Its <see cref="StoredResponse.Rank"/>.</param>
    public bool YieldsTo(long generation, long rank) => generation != Replaces && Head.YieldsTo(rank);
}
