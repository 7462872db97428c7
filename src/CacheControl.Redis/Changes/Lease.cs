namespace HttpCaching.Redis.Changes;

/// <summary>What a snapshot is read under.</summary>
/// <param name="Stamp">The stamp of the URI.</param>
/// <param name="Mark">The mark for the snapshot.</param>
internal readonly record struct Lease(ulong Stamp, long Mark);
