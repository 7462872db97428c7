using StackExchange.Redis;

namespace HttpCaching.Redis.Keys;

/// <summary>Where what is stored under a key stands on the engine. All of it is in one slot.</summary>
/// <param name="Bucket">Which of the <see cref="StoreKeys.Buckets"/> groups of URIs it belongs to.</param>
/// <param name="Root">The key of the URI's own record, which holds its stamp.</param>
/// <param name="Scoped">The key of the record of the scope; <see langword="null"/> for the common scope, which stands in the root itself.</param>
internal readonly record struct EntryPlace(int Bucket, string Root, string? Scoped)
{
    /// <summary>The key of the record.</summary>
    public RedisKey Record => Scoped ?? Root;
}
