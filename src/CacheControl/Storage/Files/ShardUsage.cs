namespace HttpCaching.Storage.Files;

/// <summary>What a shard takes on disk.</summary>
/// <param name="Bytes">The bytes of its files, each rounded up to whole disk blocks.</param>
/// <param name="Records">The number of its records, which is that of its keys.</param>
/// <param name="IsMarked">Whether somebody is changing it, or died while doing so: the numbers may be wrong, and files may lie there that no record refers to.</param>
internal readonly record struct ShardUsage(long Bytes, int Records, bool IsMarked);
