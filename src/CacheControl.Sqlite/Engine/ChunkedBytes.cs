namespace HttpCaching.Sqlite.Engine;

/// <summary>Locates the pieces of a body.</summary>
/// <param name="Id">The body's id.</param>
/// <param name="Salt">The number that its checksums are bound to.</param>
/// <param name="Length">The number of bytes of the whole body.</param>
internal sealed record ChunkedBytes(long Id, long Salt, long Length)
{
    /// <summary>The number of bytes of a piece.</summary>
    public int LengthOf(long index) => (int)Math.Min(SqliteStoreSettings.ChunkBytes, Length - (index * SqliteStoreSettings.ChunkBytes));
}
