namespace HttpCaching.Storage;

/// <summary>What a commit stores, and under which conditions.</summary>
public sealed record StoreCommit
{
    /// <summary>The head, with its final body length.</summary>
    public required StoredResponse Head { get; init; }

    /// <summary>The <see cref="HttpCacheSnapshot.Stamp"/> that was read before the request went out. A later removal that would have taken the response refuses the commit.</summary>
    public required long Stamp { get; init; }

    /// <summary>
    /// The generation of the stored response of the same variant that the snapshot showed, or <see langword="null"/> if it showed none.
    /// If another one stands there by now, the one with the greater <see cref="StoredResponse.Rank"/> stays: see <see cref="YieldsTo(StoredResponse?)"/>.
    /// </summary>
    public long? Replaces { get; init; }

    /// <summary>How long the response can be of use, from now; never negative. A hint for stores that expire by time.</summary>
    public required TimeSpan Retention { get; init; }

    /// <summary>
    /// Whether this commit is refused because of the response that stands in its variant now: another one than the commit replaces, and a newer one.
    /// On a tie the later commit wins. A store asks this in the same step in which it stores.
    /// </summary>
    /// <param name="standing">The stored response of the same variant, or <see langword="null"/> if there is none.</param>
    public bool YieldsTo(StoredResponse? standing) => standing is not null && YieldsTo(standing.Generation, standing.Rank);

    /// <summary>The same for a store that has the two numbers of the standing response at hand.</summary>
    /// <param name="generation">Its <see cref="StoredResponse.Generation"/>.</param>
    /// <param name="rank">Its <see cref="StoredResponse.Rank"/>.</param>
    public bool YieldsTo(long generation, long rank) => generation != Replaces && Head.YieldsTo(rank);
}
