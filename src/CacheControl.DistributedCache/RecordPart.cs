namespace HttpCaching.DistributedCache;

/// <summary>A stored response in a record.</summary>
/// <param name="Head">The head.</param>
/// <param name="HeadBytes">The encoded head in the record.</param>
/// <param name="Inline">The body, if it is in the record.</param>
/// <param name="Chunks">The location of the body otherwise.</param>
/// <param name="Until">The end of the retention, in ticks of UTC.</param>
/// <param name="TagMark">One number for the epochs of the tags.</param>
internal sealed record RecordPart(
    StoredResponse Head, ReadOnlyMemory<byte> HeadBytes, ReadOnlyMemory<byte> Inline, ChunkedPlace? Chunks, long Until, long TagMark);
