namespace HttpCaching.DistributedCache;

/// <summary>A body that no response in the record has any more, but that readers may still be reading.</summary>
/// <param name="Name">The name of the body.</param>
/// <param name="Count">The number of chunks.</param>
/// <param name="Since">The time of its replacement or removal, in ticks of UTC.</param>
internal readonly record struct RetiredBody(BodyName Name, int Count, long Since);
