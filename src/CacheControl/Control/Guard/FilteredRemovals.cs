using System.Collections.Immutable;

namespace HttpCaching.Control.Guard;

/// <summary>
/// The latest removals by a filter. The store does not know them: so responses that were asked for before such a removal are refused here. Bounded: what is forgotten refuses
/// every response that was asked for before it, so that it never refuses less. What was before is told by counting and not by the clock, which stands still between its steps.
/// </summary>
internal sealed class FilteredRemovals
{
    private const int Most = 16;

    private ImmutableArray<FilteredRemoval> _removals = [];
    private long _count;

    /// <summary>How many there were.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>Refuses from now on what was asked for before now and is selected.</summary>
    /// <param name="selects">Which responses. One that throws refuses.</param>
    /// <returns>What <see cref="Forget"/> takes.</returns>
    public FilteredRemoval Add(Func<CacheKey, StoredResponse, bool> selects)
    {
        var added = new FilteredRemoval(Interlocked.Increment(ref _count), selects);
        ImmutableInterlocked.Update(ref _removals, removals => removals.Length < Most ? removals.Add(added) : Shortened(removals).Add(added));
        return added;
    }

    /// <summary>Refuses nothing more for a removal that was not carried out.</summary>
    public void Forget(FilteredRemoval removal) => ImmutableInterlocked.Update(ref _removals, removals => removals.Remove(removal));

    /// <summary>Whether a response that is on its way is to be refused.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="head">The response.</param>
    /// <param name="before">The <see cref="Count"/> when it was asked for.</param>
    public bool Covers(CacheKey key, StoredResponse head, long before)
    {
        foreach (var removal in _removals)
        {
            if (before < removal.Number && removal.Selects(key, head))
            {
                return true;
            }
        }

        return false;
    }

    // The two oldest become one that selects everything.
    private static ImmutableArray<FilteredRemoval> Shortened(ImmutableArray<FilteredRemoval> removals) =>
        removals.RemoveRange(0, 2).Insert(0, new FilteredRemoval(removals[1].Number, static (_, _) => true));
}
