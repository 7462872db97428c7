using System.Buffers;

namespace HttpCaching.Storage.Files;

/// <summary>Changes the stored responses of a key. Each change is one renamed record, made under the lock of its shard.</summary>
internal sealed class RecordChanges(StoreDirectory directory, FileStoreSettings settings, Action<long> wrote)
{
    // Beyond this a record would be slow to rewrite. Further bodies go to files, however small they are.
    private const int MostInlineRecordBytes = 256 * 1024;

    /// <summary>Makes a response visible, unless a removal or a newer response forbids it.</summary>
    public async ValueTask<bool> CommitAsync(CacheKey key, StoreCommit commit, WrittenBody body, CancellationToken cancellationToken)
    {
        var head = commit.Head;
        var bytes = Encode(key, head);
        if (bytes.Length + head.BodyLength > settings.MaximumEntryBytes)
        {
            return false;
        }

        var place = PlaceOf(key);
        using var shard = await directory.LockAsync(place.Shard, cancellationToken).ConfigureAwait(false);
        if (IsForbidden(shard, new RemovalTarget(place, key, head, settings.Seal), commit.Stamp))
        {
            return false;
        }

        var before = Read(shard, place, key);
        var parts = PartsOf(before);
        var standing = parts.Find(p => p.Head.Variant == head.Variant);
        if (commit.YieldsTo(standing?.Head))
        {
            return false;
        }

        parts.RemoveAll(p => p == standing);
        var isTooLarge = parts.Sum(p => p.RecordBytes) + bytes.Length + body.Inline.Length > MostInlineRecordBytes;
        using var moved = isTooLarge && body is SmallBody { Inline.IsEmpty: false } small ? small.ToFile() : null;
        var file = moved ?? body as SealedBodyFile;
        parts.Insert(0, new RecordPart(head, bytes, file is null ? body.Inline : default, file?.Id));
        return Put(shard, place, before, parts, file);
    }

    /// <summary>Replaces the head of a body.</summary>
    public async ValueTask<bool> ReplaceHeadAsync(CacheKey key, long generation, StoredResponse head, long stamp, CancellationToken cancellationToken)
    {
        var bytes = Encode(key, head);
        var place = PlaceOf(key);
        using var shard = await directory.LockAsync(place.Shard, cancellationToken).ConfigureAwait(false);
        if (IsForbidden(shard, new RemovalTarget(place, key, head, settings.Seal), stamp))
        {
            return false;
        }

        var before = Read(shard, place, key);
        var parts = PartsOf(before);
        if (parts.Find(p => p.Head.Generation == generation) is not { } standing)
        {
            return false;
        }

        if (!head.MayTakePlaceOf(standing.Head))
        {
            throw new ArgumentException("The head belongs to another body than the stored one.", nameof(head));
        }

        // A head that moves to another variant meets the stored response there, as a commit does.
        var displaced = parts.Find(p => p != standing && p.Head.Variant == head.Variant);
        if (head.YieldsTo(displaced?.Head) || bytes.Length + head.BodyLength > settings.MaximumEntryBytes)
        {
            return false;
        }

        parts.RemoveAll(p => p == standing || p == displaced);
        parts.Insert(0, standing with { Head = head, HeadBytes = bytes });
        return Put(shard, place, before, parts, null);
    }

    /// <summary>Removes the responses of a key that match.</summary>
    /// <returns>The number of removed responses.</returns>
    public async ValueTask<int> RemoveWhereAsync(
        FilePlace place, CacheKey? key, Predicate<RecordPart> matches, CancellationToken cancellationToken)
    {
        using var shard = await directory.LockAsync(place.Shard, cancellationToken).ConfigureAwait(false);
        var before = Read(shard, place, key);
        var parts = PartsOf(before);
        var removed = parts.RemoveAll(matches);
        if (removed > 0)
        {
            Put(shard, place, before, parts, null);
        }

        return removed;
    }

    /// <summary>Removes an unreadable record. From a readable one it removes the responses whose bodies are gone or damaged.</summary>
    public async ValueTask RemoveDamagedAsync(CacheKey key, CancellationToken cancellationToken)
    {
        var place = PlaceOf(key);
        await RemoveWhereAsync(place, key, part => !HasBody(place, part), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes all responses of a URI, in all scopes, and refuses late commits.</summary>
    public async ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken)
    {
        var key = new CacheKey(uri);
        var place = PlaceOf(key);
        using var shard = await directory.LockAsync(place.Shard, cancellationToken).ConfigureAwait(false);
        if (Read(shard, place, key) is { } record)
        {
            Put(shard, place, record, [], null);
        }

        RemoveScopes(shard, place);

        // Recorded last: so no snapshot with the new stamp shows the earlier responses. From here on the caller can't cancel.
        await directory.AppendAsync(shard.State, Removal.OfUri(place.UriHash()), CancellationToken.None).ConfigureAwait(false);
    }

    public FilePlace PlaceOf(CacheKey key) => FilePlace.Of(directory.Root, key, settings.Seal);

    private static List<RecordPart> PartsOf(KeyRecord? record) => record is null ? [] : [.. record.Parts];

    private static byte[] Encode(CacheKey key, StoredResponse head)
    {
        var buffer = new ArrayBufferWriter<byte>();
        StoredHeadFormat.Write(buffer, key, head);
        return buffer.WrittenSpan.ToArray();
    }

    private bool IsForbidden(ShardLock shard, RemovalTarget target, long stamp)
    {
        if (!shard.Forbids(target, stamp))
        {
            return false;
        }

        // The stamp may have been older than its snapshot. The next one is not.
        directory.ReadStamp();
        return true;
    }

    /// <summary>The current record. A damaged one is removed and its shard marked, because its bodies are unknown.</summary>
    private KeyRecord? Read(ShardLock shard, FilePlace place, CacheKey? key)
    {
        var record = KeyRecord.Read(place.RecordPath, settings.Seal, key, out var isDamaged);
        if (isDamaged)
        {
            shard.Mark();
            if (!FileModes.TryDelete(place.RecordPath))
            {
                throw new IOException("A damaged file of the cache can't be removed.");
            }

            wrote(0);
        }

        return record;
    }

    private bool HasBody(FilePlace place, RecordPart part)
    {
        if (part.BodyFile is not { } id)
        {
            return true;
        }

        using var body = BodyFile.TryOpen(place.BodyPath(id), settings.Seal, id, part.Head.BodyLength, out _);
        return body is not null;
    }

    /// <summary>Replaces a record, and moves bodies with it.</summary>
    /// <returns>False if the record would be too large. Then nothing has changed.</returns>
    private bool Put(ShardLock shard, FilePlace place, KeyRecord? before, List<RecordPart> parts, SealedBodyFile? body)
    {
        Trim(parts);
        if (parts.Sum(p => (long)p.RecordBytes) > FileLayout.MostRecordBytes / 2)
        {
            return false;
        }

        using var image = parts.Count == 0 ? null : KeyRecord.Encode(settings.Seal, parts);
        var usage = shard.BeginChange();
        var temporary = image is null ? null : Write(shard, usage, place, image, before, body);
        try
        {
            body?.MoveTo(place.BodyPath(body.Id));
            if (image is null)
            {
                File.Delete(place.RecordPath);
            }
            else if (temporary is not null)
            {
                FileModes.Replace(temporary, place.RecordPath);
                temporary = null;
            }

            var bytes = FileLayout.OnDisk(image?.Length ?? 0) - (before?.BytesOnDisk ?? 0) + BodiesOnDisk(parts);
            var isClean = DeleteUnused(place, before, parts);
            FlushNames(place.Directory);
            shard.EndChange(usage with { IsMarked = usage.IsMarked || !isClean }, bytes, (parts.Count > 0 ? 1 : 0) - (before is null ? 0 : 1));
            wrote(bytes);
            return true;
        }
        finally
        {
            if (temporary is not null)
            {
                FileModes.TryDelete(temporary);
            }
        }
    }

    /// <summary>Writes a record: a small new one to its place, another one next to it. If that fails, nothing has changed.</summary>
    /// <returns>The path of a record that must be moved to its place.</returns>
    private string? Write(ShardLock shard, ShardUsage usage, FilePlace place, RecordImage image, KeyRecord? before, SealedBodyFile? body)
    {
        // The system's clock has set the time of the file already.
        var use = new UseStamp(settings.Now, before?.Use.Uses ?? 0);
        UseStamp? told = use.Uses == 0 && settings.Time == TimeProvider.System ? null : use;
        if (before is null && body is null && !settings.Fsync && image.CanBeWrittenInPlace
            && Write(shard, usage, place, place.RecordPath, path => image.TryWriteInPlace(path, told)))
        {
            return null;
        }

        var temporary = place.TemporaryPath(image.Id);
        Write(shard, usage, place, temporary, path => image.WriteTo(path, told, replaces: before is not null, settings.Fsync));
        return temporary;
    }

    private bool Write(ShardLock shard, ShardUsage usage, FilePlace place, string path, Func<string, bool> write)
    {
        try
        {
            try
            {
                return write(path);
            }
            catch (DirectoryNotFoundException)
            {
                // One after the other: otherwise missing parents would be made with rights for everybody.
                var parent = Path.GetDirectoryName(place.Directory)!;
                FileModes.CreateDirectory(parent);
                FileModes.CreateDirectory(place.Directory);
                FlushNames(parent);
                FlushNames(Path.GetDirectoryName(parent)!);
                return write(path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (FileModes.TryDelete(path))
            {
                shard.EndChange(usage, 0, 0);
            }

            throw;
        }
    }

    /// <summary>Makes renames and removals survive a power failure, if the options ask for it.</summary>
    private void FlushNames(string directory)
    {
        if (settings.Fsync)
        {
            FileModes.FlushDirectory(directory);
        }
    }

    private void Trim(List<RecordPart> parts)
    {
        while (parts.Count > settings.MaximumVariants
            || (parts.Count > 1 && parts.Sum(p => (long)p.RecordBytes) > FileLayout.MostRecordBytes / 2))
        {
            parts.RemoveAt(parts.Count - 1);
        }
    }

    private static long BodiesOnDisk(List<RecordPart> parts) =>
        parts.Sum(p => p.BodyFile is null ? 0 : FileLayout.OnDisk(FileLayout.BodyFileBytes(p.Head.BodyLength)));

    /// <summary>Deletes the bodies that the new record no longer refers to.</summary>
    private static bool DeleteUnused(FilePlace place, KeyRecord? before, List<RecordPart> parts)
    {
        var isClean = true;
        foreach (var part in before?.Parts ?? [])
        {
            if (part.BodyFile is { } id && !parts.Exists(p => p.BodyFile == id))
            {
                isClean &= FileModes.TryDelete(place.BodyPath(id));
            }
        }

        if (parts.Count == 0 && place.IsScoped)
        {
            FileModes.DeleteIfEmpty(place.Directory);
        }

        return isClean;
    }

    private void RemoveScopes(ShardLock shard, FilePlace place)
    {
        var scopes = new DirectoryInfo(Path.Join(place.Directory, place.Stem + FileLayout.ScopesExtension));
        if (!scopes.Exists)
        {
            return;
        }

        var usage = shard.BeginChange();
        var files = scopes.GetFiles();

        // Records first: if the process dies here, it leaves bodies without a record, which are swept, and no record without its bodies.
        Array.ForEach(files, f => _ = f.Extension != FileLayout.RecordExtension || FileModes.TryDelete(f.FullName));
        scopes.Delete(recursive: true);
        FlushNames(place.Directory);
        shard.EndChange(
            usage, -files.Sum(f => FileLayout.OnDisk(f.Length)), -files.Count(f => f.Extension == FileLayout.RecordExtension));
    }
}
