namespace HttpCaching.Redis.Changes;

/// <summary>The stamp and the mark of a snapshot.</summary>
/// <param name="Stamp">The stamp of the URI.</param>
/// <param name="Mark">The mark for the snapshot.</param>
internal readonly record struct Lease(ulong Stamp, long Mark);
