namespace HttpCaching.Control.Keys;

/// <summary>
/// The last partition of each stored URI, so that a miss can say that the URI is stored for other credentials. Bounded, only for this process, and unused if no
/// request has a partition.
/// </summary>
internal sealed class KnownPartitions
{
    private const int Maximum = 4096;

    private readonly BoundedTable<string, string> _partitions = new(Maximum);

    /// <summary>Records that a response was stored.</summary>
    public void Note(CacheKey key)
    {
        var partition = KeyMaker.PartitionOf(key.Scope);
        if (partition is not null || !_partitions.IsUnused)
        {
            partition ??= string.Empty;
            _partitions.Set(key.Uri, _ => partition);
        }
    }

    /// <summary>Whether the URI was stored last in another partition than that of the key.</summary>
    public bool HasOther(CacheKey key) => _partitions.TryGet(key.Uri, out var partition) && partition != (KeyMaker.PartitionOf(key.Scope) ?? string.Empty);
}
