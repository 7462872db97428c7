using System.Globalization;
using HttpCaching.Redis.Keys;
using HttpCaching.Redis.Records;
using StackExchange.Redis;

namespace HttpCaching.Redis.Bodies;

/// <summary>Where a body in chunks is, and what it has to be.</summary>
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

    /// <summary>What the checksums begin with.</summary>
    public ulong Seed { get; }

    /// <summary>The number of bytes.</summary>
    public long Length { get; }

    /// <summary>The bytes of each chunk but the last.</summary>
    public int ChunkBytes { get; }

    /// <summary>The number of chunks.</summary>
    public int Chunks { get; }

    /// <summary>Whether what a record says of a body can be: nobody is made to allocate or to look for more than options allow.</summary>
    public static bool IsPossible(RecordRow row, long length) =>
        row.BodyKey is null
            ? row.Body.Length == length + ChunkFormat.ChecksumBytes
            : length > 0 && row.ChunkBytes is >= RedisHttpCacheStoreOptions.FewestChunkBytes and <= RedisHttpCacheStoreOptions.MostChunkBytes
                && length / row.ChunkBytes < RedisHttpCacheStoreOptions.MostChunks;

    /// <summary>What the checksums of a body's chunks begin with.</summary>
    public static ulong SeedOf(string bodyKey) =>
        bodyKey.Length >= SeedDigits && ulong.TryParse(bodyKey.AsSpan(0, SeedDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var seed) ? seed : 0;

    /// <summary>The bytes of a chunk, without its checksum.</summary>
    public int LengthOf(int index) => (int)Math.Min(ChunkBytes, Length - ((long)index * ChunkBytes));
}
