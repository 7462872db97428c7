namespace HttpCaching;

/// <summary>A rule as it was written in the options.</summary>
/// <param name="Pattern">The URIs that it is for.</param>
/// <param name="Rule">Its settings.</param>
internal sealed record WrittenRule(string? Pattern, CacheRule Rule);
