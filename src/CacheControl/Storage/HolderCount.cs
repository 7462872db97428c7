namespace HttpCaching.Storage;

/// <summary>
/// The number of holders of a resource that the last one gives back. After the number has been zero, there is no new holder. A field, never copied. Each holder makes sure that it
/// releases once.
/// </summary>
internal struct HolderCount
{
    private const int None = -1;

    private int _others;

    /// <summary>Adds a holder. The first one, which made the count, is counted from the beginning.</summary>
    /// <returns>False if the last one has released.</returns>
    public bool TryAdd()
    {
        for (var others = Volatile.Read(ref _others); others > None;)
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

    /// <summary>Removes a holder.</summary>
    /// <returns>Whether it was the last one.</returns>
    public bool Remove() => Interlocked.Decrement(ref _others) == None;
}
