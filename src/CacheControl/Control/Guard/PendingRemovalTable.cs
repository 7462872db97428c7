using System.Collections.Concurrent;

namespace HttpCaching.Control.Guard;

/// <summary>The invalidations and removals that the store has still to carry out. Until then no response that one may concern is used or stored.</summary>
/// <param name="canClear">Whether the store can remove everything, which stands in for more than can be remembered one by one.</param>
/// <param name="journal">Where it is written down too; null for nowhere.</param>
internal sealed class PendingRemovalTable(bool canClear, PendingRemovalJournal? journal)
{
    private const int MostUris = 10_000;
    private const int MostWide = 1_000;

    private readonly ConcurrentDictionary<string, object> _uris = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<WideRemoval, PendingWideRemoval> _wide = new();
    private readonly Lock _burying = new();
    private volatile bool _any;
    private volatile bool _refusesAll;

    /// <summary>Whether there is anything. All that a hit asks.</summary>
    public bool Any => _any;

    /// <summary>Whether a URI may be concerned.</summary>
    public bool Cover(string uri) => _any && (_refusesAll || _uris.ContainsKey(uri) || WideOf(uri).Any());

    /// <summary>Whether a response is concerned.</summary>
    public bool Cover(string uri, StoredResponse head) => _any && (_refusesAll || _uris.ContainsKey(uri) || _wide.Any(pair => pair.Key.Concerns(uri, head)));

    /// <summary>Whether it is of no use to try: there was more than could be remembered, and the store can't remove everything.</summary>
    public bool RefuseAll => _refusesAll;

    /// <summary>Whether there is anything that can be tried.</summary>
    public bool HasAnyToTry => !_uris.IsEmpty || !_wide.IsEmpty;

    /// <summary>All invalidations.</summary>
    public KeyValuePair<string, object>[] Uris => _uris.ToArray();

    /// <summary>All wide removals.</summary>
    public KeyValuePair<WideRemoval, PendingWideRemoval>[] Wide => _wide.ToArray();

    /// <summary>The tombstone of a URI.</summary>
    public object? Of(string uri) => _uris.GetValueOrDefault(uri);

    /// <summary>The wide removals that may concern a URI.</summary>
    public IEnumerable<KeyValuePair<WideRemoval, PendingWideRemoval>> WideOf(string uri) => _wide.Where(pair => pair.Key.MayConcern(uri));

    /// <summary>Writes an invalidation down that is about to be tried.</summary>
    /// <returns>What stands for it, to be withdrawn or buried.</returns>
    public object Announce(string uri)
    {
        var tombstone = new object();
        journal?.Write(tombstone, new PendingRemovalLine(null, uri));
        return tombstone;
    }

    /// <summary>Writes a removal down that is about to be tried.</summary>
    /// <returns>What stands for it, to be withdrawn or buried.</returns>
    public PendingWideRemoval Announce(WideRemoval removal)
    {
        var tombstone = new PendingWideRemoval();
        journal?.Write(tombstone, new PendingRemovalLine(removal.Kind, removal.What));
        return tombstone;
    }

    /// <summary>Notes that a removal was carried out at the first trial.</summary>
    public void Withdraw(object tombstone) => journal?.Settle(tombstone);

    /// <summary>Remembers an invalidation that was not carried out.</summary>
    public void Bury(string uri, object tombstone)
    {
        lock (_burying)
        {
            if (_uris.TryGetValue(uri, out var earlier) || _uris.Count < MostUris)
            {
                _uris[uri] = tombstone;
                Settle(earlier);
            }
            else
            {
                BuryAll_NeedsLock();
                Settle(tombstone);
            }

            _any = true;
        }
    }

    /// <summary>Remembers a removal that was not carried out.</summary>
    public void Bury(WideRemoval removal, PendingWideRemoval tombstone)
    {
        lock (_burying)
        {
            if (_wide.TryGetValue(removal, out var earlier) || _wide.Count < MostWide)
            {
                _wide[removal] = tombstone;
                Settle(earlier);
            }
            else
            {
                BuryAll_NeedsLock();
                Settle(tombstone);
            }

            _any = true;
        }
    }

    /// <summary>Forgets an invalidation that was made up for.</summary>
    /// <returns>False if a later removal has taken its place: the removal just carried out does not cover responses stored since.</returns>
    public bool Forget(string uri, object tombstone)
    {
        lock (_burying)
        {
            Settle(tombstone);
            var isGone = _uris.TryRemove(KeyValuePair.Create(uri, tombstone)) || !_uris.ContainsKey(uri);
            Count_NeedsLock();
            return isGone;
        }
    }

    /// <summary>Forgets a removal that was made up for.</summary>
    /// <returns>False if a later removal has taken its place.</returns>
    public bool Forget(WideRemoval removal, PendingWideRemoval tombstone)
    {
        lock (_burying)
        {
            Settle(tombstone);
            var isGone = _wide.TryRemove(KeyValuePair.Create(removal, tombstone)) || !_wide.ContainsKey(removal);
            Count_NeedsLock();
            return isGone;
        }
    }

    private void BuryAll_NeedsLock()
    {
        if (!canClear)
        {
            _refusesAll = true;
            return;
        }

        var all = Announce(WideRemoval.OfAll);
        foreach (var tombstone in _uris.Values.Concat(_wide.Values))
        {
            Settle(tombstone);
        }

        _uris.Clear();
        _wide.Clear();
        _wide[WideRemoval.OfAll] = all;
    }

    private void Settle(object? tombstone)
    {
        if (tombstone is not null)
        {
            journal?.Settle(tombstone);
        }
    }

    private void Count_NeedsLock() => _any = _refusesAll || !_uris.IsEmpty || !_wide.IsEmpty;
}
