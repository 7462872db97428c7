namespace HttpCaching.Redis.Records;

/// <summary>A body that is ready to become visible.</summary>
/// <param name="Key">The last part of its key; <see langword="null"/> if it is next to its head.</param>
/// <param name="Inline">The body with its checksum, if it is next to its head.</param>
/// <param name="ChunkBytes">The size of its chunks; 0 if it is next to its head.</param>
/// <param name="Chunks">The number of its chunks.</param>
internal readonly record struct WrittenBody(string? Key, ReadOnlyMemory<byte> Inline, int ChunkBytes, int Chunks)
{
    /// <summary>Whether it has a key of its own.</summary>
    public bool IsChunked => Key is not null;
}
