namespace HttpCaching.Diagnostics;

/// <summary>The size of a store, as the gauges show it.</summary>
/// <param name="Tier">Front or back; null for a store without tiers.</param>
/// <param name="Entries">The stored responses.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="MaximumBytes">The most bytes.</param>
/// <param name="Evictions">The evictions since the store was opened.</param>
internal readonly record struct StoreReading(string? Tier, long Entries, long Bytes, long MaximumBytes, long Evictions);
