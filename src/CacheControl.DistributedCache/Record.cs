namespace HttpCaching.DistributedCache;

/// <summary>The stored responses of a key.</summary>
/// <param name="Mark">One number for the epochs that were current when it was written.</param>
/// <param name="Parts">The stored responses, newest commit first.</param>
/// <param name="Retired">The bodies to remove when no reader needs them.</param>
internal sealed record Record(long Mark, IReadOnlyList<RecordPart> Parts, IReadOnlyList<RetiredBody> Retired);
