using System.Globalization;
using HttpCaching.Redis.Keys;
using HttpCaching.Redis.Records;
using StackExchange.Redis;

namespace HttpCaching.Redis.Bodies;

/// <summary>The location of a body in chunks, and its expected length.</summary>
internal sealed class ChunkedBodyInfo
{
    private const int SeedDigits = 16;

    /// <summary>A body.</summary>
    /// <param name="root">The key of the URI's own record.</param>
    /// <param name="bodyKey">The last part of the body's key.</param>
    /// <param name="length">The number of its bytes.</param>
    /// <param name="chunkBytes">The size of its chunks.</param>
    public ChunkedBodyInfo(string root, string bodyKey, long length, int chunkBytes)
    {
        Key = StoreKeys.BodyOf(root, bodyKey);
        Seed = SeedOf(bodyKey);
        Length = length;
        ChunkBytes = chunkBytes;
        Chunks = (int)Math.Min(int.MaxValue, (length + chunkBytes - 1) / chunkBytes);
    }

    /// <summary>The key.</summary>
    public RedisKey Key { get; }

    /// <summary>The beginning of the checksums.</summary>
    public ulong Seed { get; }

    /// <summary>The number of bytes.</summary>
    public long Length { get; }

    /// <summary>The bytes of each chunk except the last.</summary>
    public int ChunkBytes { get; }

    /// <summary>The number of chunks.</summary>
    public int Chunks { get; }

    /// <summary>Whether the numbers of a record for a body are possible. A damaged record must not cause larger allocations or more reads than the options allow.</summary>
    public static bool IsPossible(RecordRow row, long length) =>
        !row.IsChunked
            ? row.Body.Length == length + ChunkFormat.ChecksumBytes
            : length > 0 && row.ChunkBytes is >= RedisHttpCacheStoreOptions.FewestChunkBytes and <= RedisHttpCacheStoreOptions.MostChunkBytes
                && length / row.ChunkBytes < RedisHttpCacheStoreOptions.MostChunks;

    /// <summary>The beginning of the checksums of a body's chunks.</summary>
    public static ulong SeedOf(string bodyKey) =>
        bodyKey.Length >= SeedDigits && ulong.TryParse(bodyKey.AsSpan(0, SeedDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var seed) ? seed : 0;

    /// <summary>The bytes of a chunk, without its checksum.</summary>
    public int LengthOf(int index) => (int)Math.Min(ChunkBytes, Length - ((long)index * ChunkBytes));
}
