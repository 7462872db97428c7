using StackExchange.Redis;

namespace HttpCaching.Redis.Keys;

/// <summary>The location of a key's responses on the engine. All of it is in one slot.</summary>
/// <param name="Bucket">The number of its bucket, one of the <see cref="StoreKeys.Buckets"/> groups of URIs.</param>
/// <param name="Root">The key of the URI's own record, which holds its stamp.</param>
/// <param name="Scoped">The key of the record of the scope; <see langword="null"/> for the common scope, whose record is the root itself.</param>
internal readonly record struct EntryPlace(int Bucket, string Root, string? Scoped)
{
    /// <summary>The key of the record.</summary>
    public RedisKey Record => Scoped ?? Root;
}
