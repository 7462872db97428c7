namespace HttpCaching.DistributedCache;

/// <summary>The location of a body in chunks.</summary>
/// <param name="Name">The name of the body.</param>
/// <param name="Count">The number of chunks.</param>
/// <param name="ChunkBytes">The length of each chunk except the last.</param>
/// <param name="Until">The time until which they exist at least, in ticks of UTC, if the engine evicts none.</param>
internal readonly record struct ChunkedPlace(BodyName Name, int Count, int ChunkBytes, long Until);
