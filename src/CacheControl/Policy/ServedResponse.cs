namespace HttpCaching.Policy;

/// <summary>A stored response that is served, and why.</summary>
/// <param name="Stored">The response.</param>
/// <param name="Facts">What follows from it.</param>
/// <param name="Age">Its current age.</param>
/// <param name="Reason">The rule that decided.</param>
internal readonly record struct ServedResponse(StoredResponse Stored, ResponseConclusions Facts, TimeSpan Age, CacheReason Reason);
