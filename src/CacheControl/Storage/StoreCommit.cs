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
    /// If another one stands there by now, the one with the greater <see cref="StoredResponse.Rank"/> stays.
    /// </summary>
    public long? Replaces { get; init; }

    /// <summary>How long the response can be of use, from now; never negative. A hint for stores that expire by time.</summary>
    public required TimeSpan Retention { get; init; }
}
