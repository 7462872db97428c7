namespace HttpCaching.DistributedCache;

/// <summary>What is stored under a key.</summary>
/// <param name="Mark">One number for the epochs that were current when it was written.</param>
/// <param name="Parts">The stored responses, newest commit first.</param>
/// <param name="Retired">The bodies that are to be removed when nobody reads them any more.</param>
internal sealed record Record(long Mark, IReadOnlyList<RecordPart> Parts, IReadOnlyList<RetiredBody> Retired);
