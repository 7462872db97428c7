using Microsoft.Win32.SafeHandles;

namespace HttpCaching.Storage.Files;

/// <summary>Reads snapshots, without any lock.</summary>
/// <param name="directory">The store's directory.</param>
/// <param name="settings">Its settings.</param>
/// <param name="wasUsed">Tells whether the record with this path was read recently.</param>
/// <param name="damaged">Called when a later read from a snapshot shows that a body is damaged.</param>
internal sealed class RecordReader(
    StoreDirectory directory, FileStoreSettings settings, Predicate<string> wasUsed, Action<CacheKey, StoredResponse> damaged) : IDisposable
{
    // If the body of a record is gone, the record was replaced between two steps of this process. That this happens so often in a row is practically impossible.
    private const int Attempts = 20;

    private readonly DecodedHeads _heads = new();
    private readonly OpenRecords? _open = settings.OpenRecords > 0 && LinuxCalls.AreKnown ? new OpenRecords(directory, settings) : null;

    /// <summary>Reads the stored responses of a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="path">The path of the record.</param>
    /// <param name="isDamaged">Whether a file of the key must be removed.</param>
    public FileSnapshot Read(CacheKey key, out string path, out bool isDamaged)
    {
        var stamp = 0L;
        var wasOpen = false;
        if (_open?.Find(key, out stamp, out wasOpen) is { } open)
        {
            path = open.Path;
            isDamaged = false;
            return new FileSnapshot(key, open.Parts, open.Heads, stamp, damaged);
        }

        // The stamp first: an invalidation between the two steps then makes it too old, never too new.
        stamp = directory.ReadStamp();

        var place = FilePlace.Of(directory.Root, key, settings.Seal);
        path = place.RecordPath;
        var parts = ReadParts(place, key, _open is not null && (wasOpen || wasUsed(path)), out isDamaged);
        return new FileSnapshot(key, parts, FileSnapshot.HeadsOf(parts), stamp, damaged);
    }

    /// <summary>Closes the open records. Snapshots stay readable.</summary>
    public void Dispose() => _open?.Dispose();

    private FileSnapshot.HeldPart[] ReadParts(FilePlace place, CacheKey key, bool keep, out bool isDamaged)
    {
        FileId? last = null;
        var pause = new SpinWait();
        for (var attempt = 0; ; attempt++)
        {
            // The identity is read before the content: so a later change of the file shows.
            var file = FileModes.TryOpenToRead(place.RecordPath, out var status, out isDamaged);
            if (file is null)
            {
                return [];
            }

            try
            {
                var isKept = keep && status.Identity is { HasName: true, Size: <= OpenRecords.MostRecordBytes };
                if (KeyRecord.Read(file, settings.Seal, key, default, _heads, out isDamaged) is not { } record)
                {
                    // A record without a byte is being written at this moment, unless its writer has died.
                    if (status is { IsKnown: true, Identity.Size: 0 } && attempt < Attempts)
                    {
                        pause.SpinOnce(sleep1Threshold: -1);
                        continue;
                    }

                    return [];
                }

                // The same record twice with a missing body: it is not being replaced, it is broken.
                var isFinal = last == record.Id || attempt == Attempts;
                last = record.Id;
                if (OpenBodies(place, record, isFinal, out isDamaged) is { } parts)
                {
                    if (isKept && !isDamaged && Keep(key, place.RecordPath, file, status.Identity, parts))
                    {
                        file = null;
                    }

                    return parts;
                }
            }
            finally
            {
                file?.Dispose();
            }
        }
    }

    /// <summary>Keeps a record open if it is small enough. Returns true if it took the file over.</summary>
    private bool Keep(CacheKey key, string path, SafeFileHandle file, FileIdentity identity, FileSnapshot.HeldPart[] parts)
    {
        var files = parts.Count(p => p.File is not null);
        var bodyBytes = parts.Sum(p => p.File?.Length ?? 0);

        // Not for encrypted bodies: a decryptor serves one reader at a time.
        if (files > OpenRecords.MostBodies || bodyBytes > OpenRecords.MostBodyBytes || (files > 0 && settings.Seal.IsSecret))
        {
            return false;
        }

        var record = new OpenRecord(key, path, file, identity, parts);
        if (!record.TryHoldBodies())
        {
            return false;
        }

        _open!.Keep(record);
        return true;
    }

    /// <summary>Opens the bodies that are files; null if one is gone and another try is useful. Leaves out responses without a good body.</summary>
    private FileSnapshot.HeldPart[]? OpenBodies(FilePlace place, KeyRecord record, bool isFinal, out bool isDamaged)
    {
        isDamaged = false;
        var parts = new FileSnapshot.HeldPart[record.Parts.Length];
        var count = 0;
        try
        {
            foreach (var part in record.Parts)
            {
                BodyFile? file = null;
                if (part.BodyFile is { } id)
                {
                    file = BodyFile.TryOpen(place.BodyPath(id), settings.Seal, id, part.Head.BodyLength, out var isGone);
                    if (isGone && !isFinal)
                    {
                        FileSnapshot.Release(parts.AsSpan(0, count));
                        return null;
                    }

                    if (file is null)
                    {
                        isDamaged = true;
                        continue;
                    }
                }

                parts[count++] = new FileSnapshot.HeldPart(part.Head, file is null ? StoredBody.Of(part.Inline) : null, file);
            }
        }
        catch
        {
            FileSnapshot.Release(parts.AsSpan(0, count));
            throw;
        }

        return count == parts.Length ? parts : parts[..count];
    }
}
