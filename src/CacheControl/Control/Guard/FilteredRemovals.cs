using System.Collections.Immutable;

namespace HttpCaching.Control.Guard;

/// <summary>
/// The latest removals by a filter. The store does not know them: so responses that were asked for before such a removal are refused here. Bounded: what is forgotten refuses
/// every response that was asked for before it, so that it never refuses less.
/// </summary>
internal sealed class FilteredRemovals
{
    private const int Most = 16;

    private ImmutableArray<FilteredRemoval> _removals = [];

    /// <summary>Refuses from now on what was asked for before now and is selected.</summary>
    /// <param name="now">The time.</param>
    /// <param name="selects">Which responses. One that throws refuses.</param>
    /// <returns>What <see cref="Forget"/> takes.</returns>
    public FilteredRemoval Add(DateTimeOffset now, Func<CacheKey, StoredResponse, bool> selects)
    {
        var added = new FilteredRemoval(now, selects);
        ImmutableInterlocked.Update(ref _removals, removals => removals.Length < Most ? removals.Add(added) : Shortened(removals).Add(added));
        return added;
    }

    /// <summary>Refuses nothing more for a removal that was not carried out.</summary>
    public void Forget(FilteredRemoval removal) => ImmutableInterlocked.Update(ref _removals, removals => removals.Remove(removal));

    /// <summary>Whether a response that is on its way is to be refused.</summary>
    public bool Covers(CacheKey key, StoredResponse head)
    {
        foreach (var removal in _removals)
        {
            if (head.Times.RequestTime <= removal.At && removal.Selects(key, head))
            {
                return true;
            }
        }

        return false;
    }

    // The two oldest become one that selects everything.
    private static ImmutableArray<FilteredRemoval> Shortened(ImmutableArray<FilteredRemoval> removals) =>
        removals.RemoveRange(0, 2).Insert(0, new FilteredRemoval(removals[1].At, static (_, _) => true));
}
