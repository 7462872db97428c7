namespace HttpCaching.DistributedCache;

/// <summary>A body that no response in the record has any more, but that somebody may still be reading.</summary>
/// <param name="Name">The name of the body.</param>
/// <param name="Count">How many chunks there are.</param>
/// <param name="Since">Since when, in ticks of UTC.</param>
internal readonly record struct RetiredBody(BodyName Name, int Count, long Since);
