namespace HttpCaching.Storage.Files;

/// <summary>Cleans up after processes that died: their unfinished files, and the shards that they were changing.</summary>
internal sealed class Sweeper(StoreDirectory directory, FileStoreSettings settings)
{
    // So that all shards are checked within some hours of use, with a few files at a time.
    private const int AuditedAtOnce = 16;

    private int _nextAudit = Random.Shared.Next(FileLayout.Shards);

    /// <summary>Deletes temporary files without a writer.</summary>
    public void SweepTemporary()
    {
        var now = settings.Now;
        var temporary = new DirectoryInfo(directory.Temporary);
        foreach (var file in temporary.EnumerateFiles().Concat(temporary.EnumerateDirectories().SelectMany(d => d.EnumerateFiles())))
        {
            try
            {
                // The lock tells whether the writer lives. The age tells whether the writer had time to lock the file. A time in the future tells nothing.
                if ((now - file.LastWriteTimeUtc).Duration() >= settings.OrphanAge)
                {
                    using var locked = File.OpenHandle(file.FullName, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                    FileModes.TryDelete(file.FullName);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Another process writes it, moves it into place, or sweeps it.
            }
        }
    }

    /// <summary>Counts the shards in which a process died or damage was found, and deletes files without a record.</summary>
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

    /// <summary>Compares the next shards with their recorded usage. It is wrong if files came or went without a store, or if a bit of it has flipped.</summary>
    /// <param name="isWhole">Whether to compare all shards now.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task AuditAsync(bool isWhole, CancellationToken cancellationToken)
    {
        for (var i = 0; i < (isWhole ? FileLayout.Shards : AuditedAtOnce); i++)
        {
            await AuditAsync(_nextAudit, cancellationToken).ConfigureAwait(false);
            _nextAudit = (_nextAudit + 1) % FileLayout.Shards;
        }
    }

    /// <summary>Compares one shard with its recorded usage, and counts it if they differ.</summary>
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
        // A shard that a stopped process holds is left for later: the other shards must not wait for it.
        using var locked = await directory.TryLockAsync(shard, cancellationToken).ConfigureAwait(false);

        // No process is changing the shard now, so the mark means an unfinished change.
        if (locked is not null && (!onlyIfMarked || locked.IsMarked))
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
                // Otherwise a record without its bodies would be counted with them.
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
