namespace HttpCaching.DistributedCache.Engines;

/// <summary>A value is longer than any of ours can be.</summary>
internal sealed class ValueTooLongException() : IOException("A value in the engine is longer than any that this store writes.");
