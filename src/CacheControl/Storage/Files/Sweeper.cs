namespace CacheControl.Storage.Files;

/// <summary>Clears up after processes that died: files they were writing, and shards they were changing.</summary>
internal sealed class Sweeper(StoreDirectory directory, FileStoreSettings settings)
{
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
            if (!usage[shard].IsMarked)
            {
                continue;
            }

            using var locked = await directory.LockAsync(shard, cancellationToken).ConfigureAwait(false);

            // Now that nobody is changing the shard, the mark says that something was left undone.
            if (locked.State.ReadUsage(shard).IsMarked)
            {
                var (bytes, records) = Count(shard);
                locked.SetUsage(bytes, records);
            }
        }
    }

    private (long Bytes, int Records) Count(int shard)
    {
        var bytes = 0L;
        var records = 0;
        foreach (var key in ShardScan.Scan(directory.Root, shard))
        {
            var record = Record.Read(key.Place.RecordPath, settings.Seal, expected: null, out var isDamaged);
            if (isDamaged)
            {
                FileModes.TryDelete(key.Place.RecordPath);
            }

            var used = record?.Parts.Where(p => p.BodyFile is not null).Select(p => key.Place.BodyPath(p.BodyFile!.Value)).ToHashSet() ?? [];
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
