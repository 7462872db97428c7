namespace HttpCaching.Storage.Files;

/// <summary>Clears up after processes that died: files they were writing, and shards they were changing.</summary>
internal sealed class Sweeper(StoreDirectory directory, FileStoreSettings settings)
{
    // So that all of them are looked at within some hours of use, and a few files at a time.
    private const int AuditedAtOnce = 16;

    private int _nextAudit = Random.Shared.Next(FileLayout.Shards);

    /// <summary>Deletes temporary files that nobody writes any more.</summary>
    public void SweepTemporary()
    {
        var now = settings.Now;
        var temporary = new DirectoryInfo(directory.Temporary);
        foreach (var file in temporary.EnumerateFiles().Concat(temporary.EnumerateDirectories().SelectMany(d => d.EnumerateFiles())))
        {
            try
            {
                // The lock tells whether the writer lives; the age, whether it has had the time to lock the file. A time in the future tells nothing.
                if ((now - file.LastWriteTimeUtc).Duration() >= settings.OrphanAge)
                {
                    using var locked = File.OpenHandle(file.FullName, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                    FileModes.TryDelete(file.FullName);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Being written, moved into place, or swept by another process.
            }
        }
    }

    /// <summary>Counts the shards that somebody died in, or where something was damaged, and deletes what no record refers to.</summary>
    public async Task RepairAsync(CancellationToken cancellationToken)
    {
        var usage = directory.State.ReadAllUsage();
        for (var shard = 0; shard < usage.Length; shard++)
        {
            if (usage[shard].IsMarked)
            {
                await RecountAsync(shard, onlyIfMarked: true, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Compares the next shards with the books, which are wrong if files have gone or come otherwise than through a store, or a bit of theirs has flipped.</summary>
    /// <param name="isWhole">Whether all shards are compared now.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task AuditAsync(bool isWhole, CancellationToken cancellationToken)
    {
        for (var i = 0; i < (isWhole ? FileLayout.Shards : AuditedAtOnce); i++)
        {
            await AuditAsync(_nextAudit, cancellationToken).ConfigureAwait(false);
            _nextAudit = (_nextAudit + 1) % FileLayout.Shards;
        }
    }

    /// <summary>Compares one shard with the books, and counts it if they differ.</summary>
    public async Task AuditAsync(int shard, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var usage = directory.State.ReadUsage(shard);
        var listed = ShardScan.Scan(directory.Root, shard);
        if (usage.Bytes != listed.Sum(k => k.Bytes) || usage.Records != listed.Count(k => k.HasRecord) || listed.Exists(k => !k.HasRecord && k.Bodies.Count > 0))
        {
            await RecountAsync(shard, onlyIfMarked: false, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task RecountAsync(int shard, bool onlyIfMarked, CancellationToken cancellationToken)
    {
        // One that a stopped process holds is left to later: the others are not to wait for it.
        using var locked = await directory.TryLockAsync(shard, cancellationToken).ConfigureAwait(false);

        // Now that nobody is changing the shard, the mark says that something was left undone.
        if (locked is not null && (!onlyIfMarked || locked.State.ReadUsage(shard).IsMarked))
        {
            var (bytes, records) = Count(shard);
            locked.SetUsage(bytes, records);
        }
    }

    private (long Bytes, int Records) Count(int shard)
    {
        var bytes = 0L;
        var records = 0;
        foreach (var key in ShardScan.Scan(directory.Root, shard))
        {
            var record = KeyRecord.Read(key.Place.RecordPath, settings.Seal, expected: null, out var isDamaged);
            var used = record?.BodyPaths(key.Place).ToHashSet(StringComparer.Ordinal) ?? [];
            if (isDamaged || !used.IsSubsetOf(key.Bodies))
            {
                // A record without its bodies would be counted with them.
                FileModes.TryDelete(key.Place.RecordPath);
                (record, used) = (null, []);
            }

            foreach (var body in key.Bodies)
            {
                if (!used.Contains(body))
                {
                    FileModes.TryDelete(body);
                }
            }

            key.Temporaries.ForEach(path => FileModes.TryDelete(path));
            if (record is null && key.Place.IsScoped)
            {
                FileModes.DeleteIfEmpty(key.Place.Directory);
            }

            bytes += record?.BytesOnDisk ?? 0;
            records += record is null ? 0 : 1;
        }

        return (bytes, records);
    }
}
