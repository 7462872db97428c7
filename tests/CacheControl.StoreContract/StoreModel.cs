namespace HttpCaching.StoreContract;

/// <summary>A model of the contract of a store: a list of responses and a log of removals, for one call after the other.</summary>
internal sealed class StoreModel
{
    private readonly List<(CacheKey Key, StoredResponse Head)> _standing = [];
    private readonly List<(long Time, bool IsWide, Func<CacheKey, StoredResponse, bool> Takes)> _removals = [];

    /// <summary>The number of removals so far: the model's stamp.</summary>
    public long Stamp => _removals.Count;

    /// <summary>All stored responses.</summary>
    public IReadOnlyList<(CacheKey Key, StoredResponse Head)> Standing => _standing;

    /// <summary>The stored responses of a key.</summary>
    public List<StoredResponse> Of(CacheKey key) => [.. _standing.Where(entry => entry.Key == key).Select(entry => entry.Head)];

    /// <summary>Whether there was a removal by tag or prefix since a stamp. Stores that can't tell removals apart may then refuse older responses.</summary>
    public bool HadWideRemovalSince(long stamp) => _removals.Any(removal => removal.IsWide && removal.Time > stamp);

    /// <summary>Whether a store accepts a commit.</summary>
    public bool Takes(CacheKey key, StoreCommit commit) =>
        !Forbids(key, commit.Head, commit.Stamp)
        && (StandingOf(key, commit.Head.Variant) is not { } standing || standing.Generation == commit.Replaces || standing.Rank <= commit.Head.Rank);

    /// <summary>Stores a response.</summary>
    public void Put(CacheKey key, StoredResponse head)
    {
        _standing.RemoveAll(entry => entry.Key == key && entry.Head.Variant == head.Variant);
        _standing.Add((key, head));
    }

    /// <summary>Whether a store replaces the head of a generation with a new one.</summary>
    public bool TakesHead(CacheKey key, long generation, StoredResponse head, long stamp) =>
        Of(key).Exists(standing => standing.Generation == generation)
        && !Forbids(key, head, stamp)
        && !Of(key).Exists(other => other.Generation != generation && other.Variant == head.Variant && other.Rank > head.Rank);

    /// <summary>Replaces the head of a generation.</summary>
    public void ReplaceHead(CacheKey key, long generation, StoredResponse head)
    {
        _standing.RemoveAll(entry => entry.Key == key && (entry.Head.Generation == generation || entry.Head.Variant == head.Variant));
        _standing.Add((key, head));
    }

    /// <summary>Removes one generation.</summary>
    public void Remove(CacheKey key, long generation) => _standing.RemoveAll(entry => entry.Key == key && entry.Head.Generation == generation);

    /// <summary>Removes the responses that a condition covers, and refuses older ones that it covers.</summary>
    /// <returns>The number of removed responses.</returns>
    public int RemoveAll(bool isWide, Func<CacheKey, StoredResponse, bool> takes)
    {
        _removals.Add((Stamp + 1, isWide, takes));
        return _standing.RemoveAll(entry => takes(entry.Key, entry.Head));
    }

    private bool Forbids(CacheKey key, StoredResponse head, long stamp) => _removals.Any(removal => removal.Time > stamp && removal.Takes(key, head));

    private StoredResponse? StandingOf(CacheKey key, string variant) => Of(key).Find(head => head.Variant == variant);
}
