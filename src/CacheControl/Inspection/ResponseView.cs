namespace HttpCaching.Inspection;

/// <summary>Conclusions about a stored response at one time, by the settings of one cache.</summary>
/// <param name="Partition">The label of its partition.</param>
/// <param name="Age">Its age.</param>
/// <param name="Lifetime">Its freshness lifetime.</param>
/// <param name="Source">Where the lifetime comes from.</param>
/// <param name="IsFresh">Whether it is fresh.</param>
/// <param name="LastUse">When it was last used; null if the store can't tell.</param>
internal sealed record ResponseView(string? Partition, TimeSpan Age, TimeSpan Lifetime, FreshnessSource Source, bool IsFresh, DateTimeOffset? LastUse);
