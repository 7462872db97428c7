namespace HttpCaching.DistributedCache.Engines;

/// <summary>A value is longer than any value of this store can be.</summary>
internal sealed class ValueTooLongException() : IOException("A value in the engine is longer than any that this store writes.");
