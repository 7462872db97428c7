namespace HttpCaching.Sqlite.Engine;

/// <summary>Where the pieces of a body stand.</summary>
/// <param name="Id">The body's id.</param>
/// <param name="Salt">The number that its checksums are bound to.</param>
/// <param name="Length">How many bytes it has in all.</param>
internal sealed record ChunkedBytes(long Id, long Salt, long Length)
{
    /// <summary>How many bytes a piece has.</summary>
    public int LengthOf(long index) => (int)Math.Min(SqliteStoreSettings.ChunkBytes, Length - (index * SqliteStoreSettings.ChunkBytes));
}
