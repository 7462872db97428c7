namespace HttpCaching.DistributedCache;

/// <summary>A stored response in a record.</summary>
/// <param name="Head">The head.</param>
/// <param name="HeadBytes">The head as it lies in the record.</param>
/// <param name="Inline">The body, if it lies in the record.</param>
/// <param name="Chunks">Where the body lies otherwise.</param>
/// <param name="Until">Until when the response is of use, in ticks of UTC.</param>
/// <param name="TagMark">One number for the epochs of the tags.</param>
internal sealed record RecordPart(
    StoredResponse Head, ReadOnlyMemory<byte> HeadBytes, ReadOnlyMemory<byte> Inline, ChunkedPlace? Chunks, long Until, long TagMark);
