namespace HttpCaching.DistributedCache;

/// <summary>What is current for a key.</summary>
/// <param name="Mark">One number for the epochs that a record of the key depends on.</param>
/// <param name="Removals">The epoch of removals by tag. Which responses such a removal takes is not known beforehand.</param>
internal readonly record struct EpochState(long Mark, long Removals)
{
    private const int Half = 32;

    /// <summary>The stamp of a snapshot: half of it is of the mark alone, half of the removals too.</summary>
    public long Stamp => (Mark & ~(long)uint.MaxValue) | (EpochFormat.Mix(Mark, Removals) & uint.MaxValue);

    /// <summary>Whether nothing that concerns the response has been removed since a stamp was read. What has no tag no removal by tag concerns.</summary>
    public bool Admits(long stamp, bool hasTags) => hasTags ? stamp == Stamp : stamp >> Half == Mark >> Half;
}
