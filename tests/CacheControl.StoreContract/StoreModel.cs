namespace HttpCaching.StoreContract;

/// <summary>The contract of a store once more, as a list and a log of removals: what a store answers to one call after the other.</summary>
internal sealed class StoreModel
{
    private readonly List<(CacheKey Key, StoredResponse Head)> _standing = [];
    private readonly List<(long Time, bool IsWide, Func<CacheKey, StoredResponse, bool> Takes)> _removals = [];

    /// <summary>The number of removals so far: the model's stamp.</summary>
    public long Stamp => _removals.Count;

    /// <summary>Everything that is stored.</summary>
    public IReadOnlyList<(CacheKey Key, StoredResponse Head)> Standing => _standing;

    /// <summary>What is stored under a key.</summary>
    public List<StoredResponse> Of(CacheKey key) => [.. _standing.Where(entry => entry.Key == key).Select(entry => entry.Head)];

    /// <summary>Whether there was a removal by tag or prefix since a stamp: stores that can't tell them apart may refuse what came from before it.</summary>
    public bool HadWideRemovalSince(long stamp) => _removals.Any(removal => removal.IsWide && removal.Time > stamp);

    /// <summary>Whether a commit would be taken.</summary>
    public bool Takes(CacheKey key, StoreCommit commit) =>
        !Forbids(key, commit.Head, commit.Stamp)
        && (StandingOf(key, commit.Head.Variant) is not { } standing || standing.Generation == commit.Replaces || standing.Rank <= commit.Head.Rank);

    /// <summary>Stores a response.</summary>
    public void Put(CacheKey key, StoredResponse head)
    {
        _standing.RemoveAll(entry => entry.Key == key && entry.Head.Variant == head.Variant);
        _standing.Add((key, head));
    }

    /// <summary>Whether a new head would be put in the place of a generation.</summary>
    public bool TakesHead(CacheKey key, long generation, StoredResponse head, long stamp) =>
        Of(key).Exists(standing => standing.Generation == generation)
        && !Forbids(key, head, stamp)
        && !Of(key).Exists(other => other.Generation != generation && other.Variant == head.Variant && other.Rank > head.Rank);

    /// <summary>Puts a new head in the place of a generation.</summary>
    public void ReplaceHead(CacheKey key, long generation, StoredResponse head)
    {
        _standing.RemoveAll(entry => entry.Key == key && (entry.Head.Generation == generation || entry.Head.Variant == head.Variant));
        _standing.Add((key, head));
    }

    /// <summary>Removes one generation.</summary>
    public void Remove(CacheKey key, long generation) => _standing.RemoveAll(entry => entry.Key == key && entry.Head.Generation == generation);

    /// <summary>Removes what a condition takes, and has what comes from before it refused.</summary>
    /// <returns>How many there were.</returns>
    public int RemoveAll(bool isWide, Func<CacheKey, StoredResponse, bool> takes)
    {
        _removals.Add((Stamp + 1, isWide, takes));
        return _standing.RemoveAll(entry => takes(entry.Key, entry.Head));
    }

    private bool Forbids(CacheKey key, StoredResponse head, long stamp) => _removals.Any(removal => removal.Time > stamp && removal.Takes(key, head));

    private StoredResponse? StandingOf(CacheKey key, string variant) => Of(key).Find(head => head.Variant == variant);
}
