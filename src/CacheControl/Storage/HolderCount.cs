namespace HttpCaching.Storage;

/// <summary>
/// How many hold something that is given back by the last of them. Nobody is let in once the number has been zero. A field, never copied; each holder sees to it itself that it
/// lets go once.
/// </summary>
internal struct HolderCount
{
    private const int Nobody = -1;

    private int _others;

    /// <summary>Adds a holder; the first one, who made it, is counted from the beginning.</summary>
    /// <returns>False if the last one has let go.</returns>
    public bool TryAdd()
    {
        for (var others = Volatile.Read(ref _others); others > Nobody;)
        {
            var found = Interlocked.CompareExchange(ref _others, others + 1, others);
            if (found == others)
            {
                return true;
            }

            others = found;
        }

        return false;
    }

    /// <summary>Takes a holder away.</summary>
    /// <returns>Whether it was the last one.</returns>
    public bool Remove() => Interlocked.Decrement(ref _others) == Nobody;
}
