namespace HttpCaching.Redis.Records;

/// <summary>The facts of one stored response in a record, and its head.</summary>
/// <param name="Generation">The generation of the head.</param>
/// <param name="BodyKey">The last part of the key of its body; <see langword="null"/> if the body is in the record.</param>
/// <param name="ChunkBytes">The size of the body's chunks; 0 if the body is in the record.</param>
/// <param name="Head">The head.</param>
/// <param name="Body">The body with its checksum, if it is in the record.</param>
internal readonly record struct RecordRow(
    ulong Generation, string? BodyKey, int ChunkBytes, ReadOnlyMemory<byte> Head, ReadOnlyMemory<byte> Body);
