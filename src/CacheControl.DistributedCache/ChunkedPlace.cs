namespace HttpCaching.DistributedCache;

/// <summary>Where a body lies that is kept in chunks.</summary>
/// <param name="Name">The name of the body.</param>
/// <param name="Count">How many chunks there are.</param>
/// <param name="ChunkBytes">How long each is, but for the last one.</param>
/// <param name="Until">Until when they are there at least, in ticks of UTC, if the engine evicts none.</param>
internal readonly record struct ChunkedPlace(BodyName Name, int Count, int ChunkBytes, long Until);
