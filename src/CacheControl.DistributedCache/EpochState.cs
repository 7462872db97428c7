namespace CacheControl.DistributedCache;

/// <summary>What is current for a key.</summary>
/// <param name="Mark">One number for the epochs that a record of the key depends on.</param>
/// <param name="Stamp">The same with the epoch that only commits depend on: the stamp of a snapshot.</param>
internal readonly record struct EpochState(long Mark, long Stamp);
