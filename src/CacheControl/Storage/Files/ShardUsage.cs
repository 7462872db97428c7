namespace HttpCaching.Storage.Files;

/// <summary>The usage of a shard on disk.</summary>
/// <param name="Bytes">The bytes of its files, each rounded up to whole disk blocks.</param>
/// <param name="Records">The number of its records, which is that of its keys.</param>
/// <param name="IsMarked">Whether a process is changing the shard, or died during a change. Then the numbers may be wrong, and files without a record may be there.</param>
internal readonly record struct ShardUsage(long Bytes, int Records, bool IsMarked);
