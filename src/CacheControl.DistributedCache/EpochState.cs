namespace HttpCaching.DistributedCache;

/// <summary>The current epochs for a key.</summary>
/// <param name="Mark">One number for the epochs that a record of the key depends on.</param>
/// <param name="Removals">The epoch of removals by tag. It is not known beforehand which responses such a removal covers.</param>
internal readonly record struct EpochState(long Mark, long Removals)
{
    private const int Half = 32;

    /// <summary>The stamp of a snapshot: half of it depends on the mark only, half on the removals too.</summary>
    public long Stamp => (Mark & ~(long)uint.MaxValue) | (EpochFormat.Mix(Mark, Removals) & uint.MaxValue);

    /// <summary>Whether no removal since a stamp covers the response. A removal by tag covers no response without tags.</summary>
    public bool Admits(long stamp, bool hasTags) => hasTags ? stamp == Stamp : stamp >> Half == Mark >> Half;
}
