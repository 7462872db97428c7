namespace HttpCaching.Storage.Files;

/// <summary>
/// Makes room: looks at some thousands of records at a time, of shards in random order, and evicts the most dispensable of them, until the
/// store is below the low-water mark. Because keys are spread over the shards by hash, a few shards are a fair sample of all.
/// </summary>
internal sealed class Evictor(StoreDirectory directory, FileStoreSettings settings, Sweeper sweeper)
{
    /// <summary>The number of keys in a sample before some of them are evicted.</summary>
    public const int SampleKeys = 4096;

    /// <summary>The share of a limit above which eviction begins.</summary>
    public const double HighWater = 0.95;

    /// <summary>The share of a limit at which eviction ends.</summary>
    public const double LowWater = 0.85;

    private const int KeysPerLock = 32;

    // Hashes spread the keys. If a shard has more than this share of all, it is one of few large bodies, or its recorded usage is wrong.
    private const int LargeShare = 64;

    /// <summary>Counts and tells what is evicted.</summary>
    public EvictionFeed Evictions { get; init; } = new();

    /// <summary>Whether the recorded usage is above a limit.</summary>
    public bool IsDue
    {
        get
        {
            var (bytes, keys) = TotalOf(directory.State.ReadAllUsage());
            return IsAbove(bytes, keys);
        }
    }

    /// <summary>Evicts down to the low-water mark, if the store is above a limit.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var usage = directory.State.ReadAllUsage();
        var (bytes, keys) = TotalOf(usage);
        if (!IsAbove(bytes, keys))
        {
            return;
        }

        // The recorded usage alone is no reason to evict: first the shards that make the difference are counted.
        for (var shard = 0; shard < usage.Length; shard++)
        {
            if (usage[shard].Bytes > bytes / LargeShare || usage[shard].Records > keys / LargeShare)
            {
                await sweeper.AuditAsync(shard, cancellationToken).ConfigureAwait(false);
            }
        }

        usage = directory.State.ReadAllUsage();
        (bytes, keys) = TotalOf(usage);
        if (!IsAbove(bytes, keys))
        {
            return;
        }

        var need = new Need(
            Math.Max(0, bytes - (long)(settings.MaximumBytes * LowWater)), Math.Max(0, keys - (long)(settings.MaximumKeys * LowWater)));

        // A small store has no files in most shards, and listing a missing directory costs more than asking whether it exists.
        var shards = Enumerable.Range(0, usage.Length).Where(i => usage[i] is { Records: > 0 } or { Bytes: > 0 } or { IsMarked: true }).ToArray();
        Random.Shared.Shuffle(shards);
        var sample = new List<ScannedKey>();
        for (var i = 0; i < shards.Length && !need.IsMet; i++)
        {
            sample.AddRange(ShardScan.Scan(directory.Root, shards[i]).Where(k => k.HasRecord));
            if (sample.Count >= SampleKeys || i == shards.Length - 1)
            {
                await EvictFromAsync(sample, need, bytes, keys, cancellationToken).ConfigureAwait(false);
                sample.Clear();
            }
        }
    }

    private static (long Bytes, long Keys) TotalOf(ShardUsage[] usage) => (usage.Sum(u => u.Bytes), usage.Sum(u => (long)u.Records));

    private bool IsAbove(long bytes, long keys) => bytes > settings.MaximumBytes * HighWater || keys > settings.MaximumKeys * HighWater;

    /// <summary>The records of a sample to evict, the most dispensable first, until both shares are met.</summary>
    public static List<ScannedKey> VictimsOf(IEnumerable<ScannedKey> sample, double shareBytes, double shareKeys, DateTime now)
    {
        var victims = new List<ScannedKey>();
        foreach (var key in sample.OrderByDescending(k => UseStamp.Of(k.RecordTime).Dispensability(now)))
        {
            if (shareBytes <= 0 && shareKeys <= 0)
            {
                break;
            }

            victims.Add(key);
            shareBytes -= key.Bytes;
            shareKeys--;
        }

        return victims;
    }

    /// <summary>Evicts the sample's share of the excess.</summary>
    private async Task EvictFromAsync(List<ScannedKey> sample, Need need, long bytes, long keys, CancellationToken cancellationToken)
    {
        var shareBytes = bytes == 0 ? 0 : Math.Ceiling((double)need.InitialBytes * sample.Sum(k => k.Bytes) / bytes);
        var shareKeys = keys == 0 ? 0 : Math.Ceiling((double)need.InitialKeys * sample.Count / keys);
        foreach (var group in VictimsOf(sample, shareBytes, shareKeys, settings.Now).GroupBy(k => k.Place.Shard))
        {
            foreach (var chunk in group.Chunk(KeysPerLock))
            {
                await EvictAsync(group.Key, chunk, need, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task EvictAsync(int shard, ScannedKey[] keys, Need need, CancellationToken cancellationToken)
    {
        using var locked = await directory.TryLockAsync(shard, cancellationToken).ConfigureAwait(false);
        if (locked is null)
        {
            // A process was stopped within a change: the other shards make up for this one.
            return;
        }

        var usage = locked.BeginChange();
        var bytes = 0L;
        var records = 0;
        foreach (var key in keys)
        {
            // Used or replaced since the listing, so no longer dispensable. Times are coarse on some file systems, so the record that is there now is evicted.
            if (File.GetLastWriteTimeUtc(key.Place.RecordPath) != key.RecordTime)
            {
                continue;
            }

            var record = KeyRecord.Read(key.Place.RecordPath, settings.Seal, expected: null, out _);
            if (!FileModes.TryDelete(key.Place.RecordPath))
            {
                continue;
            }

            foreach (var body in key.Bodies.Union(record?.BodyPaths(key.Place) ?? [], StringComparer.Ordinal))
            {
                FileModes.TryDelete(body);
            }

            var taken = record?.BytesOnDisk ?? key.Bytes;
            bytes += taken;
            records++;
            Evictions.Note(new StoreEviction(record?.Key.Uri, taken));
            if (key.Place.IsScoped)
            {
                FileModes.DeleteIfEmpty(key.Place.Directory);
            }
        }

        locked.EndChange(usage, -bytes, -records);
        need.Met(bytes, records);
    }

    /// <summary>The amount to evict, and the amount evicted so far.</summary>
    private sealed class Need(long bytes, long keys)
    {
        private long _bytes = bytes;
        private long _keys = keys;

        public long InitialBytes { get; } = bytes;

        public long InitialKeys { get; } = keys;

        public bool IsMet => _bytes <= 0 && _keys <= 0;

        public void Met(long evictedBytes, long evictedKeys)
        {
            _bytes -= evictedBytes;
            _keys -= evictedKeys;
        }
    }
}
