namespace HttpCaching.Redis.Records;

/// <summary>The facts of one stored response in a record, and the places of its bytes there.</summary>
/// <param name="Generation">The generation of the head.</param>
/// <param name="BodyKey">The last part of the key of its body, in ASCII; zeros if the body is in the record.</param>
/// <param name="ChunkBytes">The size of the body's chunks; 0 if the body is in the record.</param>
/// <param name="Head">The head.</param>
/// <param name="Body">The body with its checksum, if it is in the record.</param>
internal readonly record struct RecordRow(ulong Generation, RecordSlice BodyKey, int ChunkBytes, RecordSlice Head, RecordSlice Body)
{
    /// <summary>Whether the body has a key of its own.</summary>
    public bool IsChunked => ChunkBytes > 0;
}
